"""TRUNCATE is refused as well, unless the session has said aloud that it means it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION complaints_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('complaints.let_truncate', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER caseevent_no_truncate
    BEFORE TRUNCATE ON complaints_caseevent
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_refuse_truncate();
CREATE TRIGGER accesslog_no_truncate
    BEFORE TRUNCATE ON complaints_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_refuse_truncate();
"""
UNGUARD = """
DROP TRIGGER caseevent_no_truncate ON complaints_caseevent;
DROP TRIGGER accesslog_no_truncate ON complaints_accesslog;
DROP FUNCTION complaints_refuse_truncate();
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_remember_the_submission")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
