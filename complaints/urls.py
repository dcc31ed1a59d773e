from django.urls import path

from complaints.views import actions, cases, intake, public, task_actions, tasks

app_name = "complaints"

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/preview/", intake.preview, name="intake_preview"),
    path("intake/person/", intake.known_person, name="known_person"),
    path("options/categories/", intake.category_options, name="category_options"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/<case:number>/", cases.case_detail, name="case_detail"),
    path("cases/<case:number>/slip/", intake.slip, name="slip"),
    path("cases/<case:number>/reveal/", actions.reveal, name="reveal"),
    path("cases/<case:number>/accept/", actions.accept, name="accept"),
    path("cases/<case:number>/decline/", actions.decline, name="decline"),
    path("cases/<case:number>/handover/", actions.handover, name="handover"),
    path(
        "cases/<case:number>/handover/<key:pk>/answer/",
        actions.answer_handover,
        name="answer_handover",
    ),
    path("cases/<case:number>/tier/", actions.tier, name="tier"),
    path("cases/<case:number>/convert/", actions.convert, name="convert"),
    path("cases/<case:number>/note/", actions.note, name="note"),
    path("cases/<case:number>/reply/", actions.reply, name="reply"),
    path(
        "cases/<case:number>/satisfaction/",
        actions.satisfaction,
        name="satisfaction",
    ),
    path("cases/<case:number>/close/", actions.close, name="close"),
    path("cases/<case:number>/withdraw/", actions.withdraw, name="withdraw"),
    path("cases/<case:number>/merge/", actions.merge, name="merge"),
    path("cases/<case:number>/reopen/", actions.reopen, name="reopen"),
    path("cases/<case:number>/task/", actions.task, name="open_task"),
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/<key:pk>/", tasks.task_detail, name="task_detail"),
    path("tasks/<key:pk>/acknowledge/", task_actions.acknowledge, name="acknowledge"),
    path("tasks/<key:pk>/plan/", task_actions.plan, name="plan"),
    path("tasks/<key:pk>/submit/", task_actions.submit, name="submit"),
    path("tasks/<key:pk>/refuse/", task_actions.refuse, name="refuse"),
    path("tasks/<key:pk>/decide/", task_actions.decide, name="decide"),
    path("tasks/<key:pk>/verify/", task_actions.verify, name="verify"),
    path("tasks/<key:pk>/return/", task_actions.send_back, name="return"),
    path("tasks/<key:pk>/cancel/", task_actions.cancel, name="cancel"),
    path("tasks/<key:pk>/release/", task_actions.release, name="release"),
    path("evidence/<key:pk>/", tasks.evidence, name="evidence"),
    path("track/", public.track, name="track"),
    path("track/<str:code>/", public.progress, name="progress"),
    path("track/<str:code>/rate/", public.rate, name="rate"),
    path("track/<str:code>/qr.svg", public.qr_code, name="qr_code"),
]
