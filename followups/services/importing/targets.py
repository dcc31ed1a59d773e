"""What a column can mean, and what hospitals' systems call such columns."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Target:
    """A meaning; `names` are headings as `plain` writes them, the likeliest first."""

    key: str
    label: Promise
    names: tuple[str, ...]


TARGETS = (
    Target(
        "patient",
        _("Patient number"),
        (
            *("病案号", "患者编号", "病人编号", "患者id", "病人id", "登记号", "患者号"),
            *("patientnumber", "patientno", "patientid", "mrn", "patient", "number"),
            "住院号",
        ),
    ),
    Target(
        "visit",
        _("Visit number"),
        (
            *("住院次数", "住院次", "入院次数", "次数", "第几次住院", "第n次住院"),
            *("就诊次数", "住院流水号", "就诊号", "就诊流水号", "visitnumber"),
            *("visitno", "visitid", "visit", "admissionnumber", "encounter", "住院号"),
        ),
    ),
    Target(
        "name",
        _("Name"),
        ("姓名", "患者姓名", "病人姓名", "name", "patientname", "fullname"),
    ),
    Target("sex", _("Sex"), ("性别", "患者性别", "sex", "gender")),
    Target(
        "born_on",
        _("Date of birth"),
        (
            "出生日期",
            "出生年月日",
            "生日",
            "出生年月",
            "birthdate",
            "dateofbirth",
            "dob",
        )
        + ("bornon", "born", "birthday"),
    ),
    Target(
        "phone",
        _("Phone"),
        (
            *("电话", "联系电话", "本人电话", "患者电话", "手机", "手机号", "手机号码"),
            *("电话号码", "联系方式", "phone", "telephone", "mobile", "phonenumber"),
        ),
    ),
    Target(
        "relative",
        _("Relative"),
        ("联系人", "联系人姓名", "家属", "家属姓名", "relative", "contact", "nextofkin")
        + ("contactname",),
    ),
    Target(
        "relative_phone",
        _("Relative's phone"),
        (
            *("家属电话", "联系人电话", "家属联系电话", "亲属电话", "家属手机"),
            *("relativesphone", "relativephone", "contactphone"),
        ),
    ),
    Target(
        "department",
        _("Department"),
        (
            *(
                "出院科室",
                "出院科别",
                "科室",
                "科别",
                "科室名称",
                "所在科室",
                "科室代码",
            ),
            *("出院科室名称", "住院科室", "department", "departmentcode", "dept"),
        ),
    ),
    Target(
        "ward",
        _("Ward"),
        ("病区", "出院病区", "病房", "病区名称", "ward"),
    ),
    Target("bed", _("Bed"), ("床号", "床位", "床位号", "bed", "bednumber", "bedno")),
    Target(
        "doctor",
        _("Doctor"),
        ("主管医生", "主管医师", "主治医师", "主治医生", "经治医生", "住院医师", "医生")
        + ("管床医生", "医师", "doctor", "physician", "attending"),
    ),
    Target(
        "admitted_at",
        _("Admitted at"),
        (
            *("入院日期", "入院时间", "入院日期时间", "住院日期", "入院"),
            *("admittedat", "admitted", "admissiondate", "admissiontime", "admitdate"),
        ),
    ),
    Target(
        "discharged_at",
        _("Discharged at"),
        (
            *("出院日期", "出院时间", "出院日期时间", "离院日期", "离院时间", "出院"),
            *("dischargedat", "discharged", "dischargedate", "dischargetime"),
        ),
    ),
    Target(
        "disposition",
        _("Discharged to"),
        ("离院方式", "出院方式", "离院去向", "出院去向", "disposition", "dischargedto")
        + ("dischargedisposition",),
    ),
    Target(
        "diagnosis_code",
        _("Diagnosis code"),
        (
            *("诊断编码", "主要诊断编码", "出院诊断编码", "疾病编码", "icd", "icd10"),
            *("icd编码", "icd10编码", "主诊断编码", "诊断代码", "diagnosiscode"),
        ),
    ),
    Target(
        "diagnosis",
        _("Diagnosis"),
        ("主要诊断", "出院诊断", "诊断", "诊断名称", "主诊断", "出院主要诊断")
        + ("主要诊断名称", "diagnosis"),
    ),
    Target(
        "had_surgery",
        _("Surgery"),
        ("手术", "是否手术", "手术名称", "手术操作", "手术操作名称", "surgery")
        + ("hadsurgery", "operation"),
    ),
    Target(
        "was_emergency",
        _("Emergency admission"),
        ("入院途径", "是否急诊", "急诊入院", "是否急诊入院", "急诊", "emergency")
        + ("wasemergency", "admissiontype", "emergencyadmission"),
    ),
    Target(
        "charlson",
        _("Charlson index"),
        ("charlson", "charlson指数", "charlsonindex", "查尔森指数", "查尔森")
        + ("查尔森合并症指数", "cci"),
    ),
    Target(
        "emergency_visits",
        _("Emergency visits in the six months before"),
        ("六个月内急诊次数", "近6个月急诊次数", "半年内急诊次数", "急诊次数")
        + ("6个月内急诊次数", "emergencyvisits", "edvisits"),
    ),
    Target(
        "refuses_calls",
        _("Refuses follow-up"),
        ("拒绝随访", "是否拒绝随访", "谢绝随访", "refusescalls", "refusesfollowup"),
    ),
    Target(
        "check_up_on",
        _("Check-up on"),
        (
            *("复诊日期", "复诊时间", "预约复诊日期", "复查日期", "复查时间"),
            *("下次复诊日期", "下次就诊日期", "随诊日期", "checkupon", "checkupdate"),
            *("checkup", "reviewdate", "followupappointment"),
        ),
    ),
    Target(
        "check_up_at",
        _("Check-up at"),
        (
            *("复诊科室", "复诊地点", "复诊门诊", "复诊诊室", "复查科室", "复查地点"),
            *("预约科室", "checkupat", "checkupplace", "checkupclinic"),
        ),
    ),
)
LABELS: dict[str, Promise] = {target.key: target.label for target in TARGETS}
REQUIRED = ("patient", "visit")
