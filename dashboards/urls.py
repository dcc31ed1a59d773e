from django.urls import include, path

from dashboards.views import figures, home, search

figure_urls = [
    path("", figures.figures, name="figures"),
    path("<slug:measure>/cases/", figures.figure_cases, name="figure_cases"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("figures/", include((figure_urls, "dashboards"))),
]
