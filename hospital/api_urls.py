from rest_framework.routers import SimpleRouter

from hospital import api

router = SimpleRouter()
router.register("departments", api.DepartmentViewSet, basename="api-department")

urlpatterns = router.urls
