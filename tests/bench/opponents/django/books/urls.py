from rest_framework.routers import SimpleRouter

from books.views import BookViewSet

router = SimpleRouter(trailing_slash=False)
router.register("books", BookViewSet)
urlpatterns = router.urls
