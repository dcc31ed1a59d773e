from rest_framework.routers import SimpleRouter

from complaints.api.cases import CaseViewSet
from complaints.api.categories import CategoryViewSet
from complaints.api.tasks import TaskViewSet

router = SimpleRouter()
router.register("cases", CaseViewSet, basename="api-case")
router.register("tasks", TaskViewSet, basename="api-task")
router.register("categories", CategoryViewSet, basename="api-category")

urlpatterns = router.urls
