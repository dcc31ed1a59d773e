"""Whatever changes the calendar or the hours changes the token of the time rules."""

from django.db import migrations

RENEW = """
CREATE FUNCTION renew_time_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The row may be missing: tests and an interrupted load empty every table.
    INSERT INTO hospital_timerules (id, token) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET token = EXCLUDED.token;
    RETURN NULL;
END
$$;
CREATE TRIGGER calendarday_renews_time_rules
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON hospital_calendarday
    FOR EACH STATEMENT EXECUTE FUNCTION renew_time_rules();
CREATE TRIGGER workinghours_renews_time_rules
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON hospital_workinghours
    FOR EACH STATEMENT EXECUTE FUNCTION renew_time_rules();
INSERT INTO hospital_timerules (id, token) VALUES (1, gen_random_uuid());
"""
KEEP = """
DELETE FROM hospital_timerules;
DROP TRIGGER workinghours_renews_time_rules ON hospital_workinghours;
DROP TRIGGER calendarday_renews_time_rules ON hospital_calendarday;
DROP FUNCTION renew_time_rules();
"""


class Migration(migrations.Migration):
    dependencies = [("hospital", "0004_one_calendar_of_hours")]
    operations = [migrations.RunSQL(RENEW, KEEP)]
