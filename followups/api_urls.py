from rest_framework.routers import SimpleRouter

from followups.api.stays import StayViewSet

router = SimpleRouter()
router.register("stays", StayViewSet, basename="api-stay")

urlpatterns = router.urls
