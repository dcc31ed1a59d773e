from django.urls import include, path

from dashboards.views import figures, follow_up_figures, home, search

figure_urls = [
    path("", figures.figures, name="figures"),
    path("follow-ups/", follow_up_figures.follow_up_figures, name="follow_up_figures"),
    path(
        "follow-ups/<slug:measure>/",
        follow_up_figures.follow_up_rows,
        name="follow_up_rows",
    ),
    path("<slug:measure>/cases/", figures.figure_cases, name="figure_cases"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("figures/", include((figure_urls, "dashboards"))),
]
