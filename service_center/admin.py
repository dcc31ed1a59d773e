"""The shell has no reference data of its own; the apps register theirs."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("Reference data")
admin.site.site_title = _("Reference data")
admin.site.index_title = _("Reference data")
