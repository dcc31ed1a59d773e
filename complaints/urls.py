from django.urls import path

from complaints.views import actions, cases, intake, public, task_actions, tasks

app_name = "complaints"

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/preview/", intake.preview, name="intake_preview"),
    path("intake/person/", intake.known_person, name="known_person"),
    path("options/categories/", intake.category_options, name="category_options"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/<str:number>/", cases.case_detail, name="case_detail"),
    path("cases/<str:number>/slip/", intake.slip, name="slip"),
    path("cases/<str:number>/reveal/", actions.reveal, name="reveal"),
    path("cases/<str:number>/accept/", actions.accept, name="accept"),
    path("cases/<str:number>/decline/", actions.decline, name="decline"),
    path("cases/<str:number>/handover/", actions.handover, name="handover"),
    path(
        "cases/<str:number>/handover/<int:pk>/answer/",
        actions.answer_handover,
        name="answer_handover",
    ),
    path("cases/<str:number>/tier/", actions.tier, name="tier"),
    path("cases/<str:number>/convert/", actions.convert, name="convert"),
    path("cases/<str:number>/note/", actions.note, name="note"),
    path("cases/<str:number>/reply/", actions.reply, name="reply"),
    path(
        "cases/<str:number>/satisfaction/", actions.satisfaction, name="satisfaction"
    ),
    path("cases/<str:number>/close/", actions.close, name="close"),
    path("cases/<str:number>/withdraw/", actions.withdraw, name="withdraw"),
    path("cases/<str:number>/merge/", actions.merge, name="merge"),
    path("cases/<str:number>/reopen/", actions.reopen, name="reopen"),
    path("cases/<str:number>/task/", actions.task, name="open_task"),
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/<int:pk>/", tasks.task_detail, name="task_detail"),
    path("tasks/<int:pk>/acknowledge/", task_actions.acknowledge, name="acknowledge"),
    path("tasks/<int:pk>/plan/", task_actions.plan, name="plan"),
    path("tasks/<int:pk>/submit/", task_actions.submit, name="submit"),
    path("tasks/<int:pk>/refuse/", task_actions.refuse, name="refuse"),
    path("tasks/<int:pk>/decide/", task_actions.decide, name="decide"),
    path("tasks/<int:pk>/verify/", task_actions.verify, name="verify"),
    path("tasks/<int:pk>/return/", task_actions.send_back, name="return"),
    path("tasks/<int:pk>/cancel/", task_actions.cancel, name="cancel"),
    path("tasks/<int:pk>/release/", task_actions.release, name="release"),
    path("evidence/<int:pk>/", tasks.evidence, name="evidence"),
    path("track/", public.track, name="track"),
    path("track/<str:code>/", public.progress, name="progress"),
    path("track/<str:code>/rate/", public.rate, name="rate"),
    path("track/<str:code>/qr.svg", public.qr_code, name="qr_code"),
]
