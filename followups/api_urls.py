from rest_framework.routers import SimpleRouter

from followups.api.recordings import CallViewSet
from followups.api.stays import StayViewSet

router = SimpleRouter()
router.register("calls", CallViewSet, basename="api-call")
router.register("stays", StayViewSet, basename="api-stay")

urlpatterns = router.urls
