"""The timeline and the access log refuse UPDATE and DELETE in PostgreSQL itself."""

from django.db import migrations

GUARD = """
CREATE FUNCTION complaints_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER caseevent_append_only
    BEFORE UPDATE OR DELETE ON complaints_caseevent
    FOR EACH ROW EXECUTE FUNCTION complaints_refuse_change();
CREATE TRIGGER accesslog_append_only
    BEFORE UPDATE OR DELETE ON complaints_accesslog
    FOR EACH ROW EXECUTE FUNCTION complaints_refuse_change();
"""
UNGUARD = """
DROP TRIGGER caseevent_append_only ON complaints_caseevent;
DROP TRIGGER accesslog_append_only ON complaints_accesslog;
DROP FUNCTION complaints_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
