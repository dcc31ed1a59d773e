"""Policies and steps are rules of time too: a change of theirs renews the token."""

from django.db import migrations

RENEW = """
CREATE TRIGGER deadlinepolicy_renews_time_rules
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON complaints_deadlinepolicy
    FOR EACH STATEMENT EXECUTE FUNCTION renew_time_rules();
CREATE TRIGGER escalationstep_renews_time_rules
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON complaints_escalationstep
    FOR EACH STATEMENT EXECUTE FUNCTION renew_time_rules();
"""
KEEP = """
DROP TRIGGER escalationstep_renews_time_rules ON complaints_escalationstep;
DROP TRIGGER deadlinepolicy_renews_time_rules ON complaints_deadlinepolicy;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("hospital", "0005_renew_time_rules"),
        ("complaints", "0007_clocks"),
    ]
    operations = [migrations.RunSQL(RENEW, KEEP)]
