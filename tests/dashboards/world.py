"""A small hospital in November 2026 whose figures can be added up by hand.

Five working days from receipt, at 18:00, feedback is due; ten for two departments.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from complaints import services
from complaints.models import Case, Category, DeclineGround, Kind, Reply, Satisfaction
from hospital import clock
from hospital.models import Department, User

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    """A moment of 2026 in Shanghai, written "11-02 09:00"."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


NOW = local("11-20 12:00")


class World:
    """Cases by letter, each walked through the services at the moments it lived."""

    def __init__(
        self,
        new_case: Callable[..., Case],
        desk: User,
        supervisor: User,
        category: Category,
        departments: tuple[Department, Department],
        named: User,
    ) -> None:
        self.new_case = new_case
        self.desk = desk
        self.supervisor = supervisor
        self.category = category
        self.departments = departments
        self.named = named
        self.cases: dict[str, Case] = {}

    def build(self) -> None:
        self._replied()
        self._ended_otherwise()
        self._still_open()

    def receive(self, letter: str, text: str, **voice: Any) -> Case:
        with clock.at(local(text)):
            self.cases[letter] = self.new_case(**voice)
        return self.cases[letter]

    def reply(self, letter: str, text: str, **how: Any) -> None:
        how = how or {"method": Reply.Method.PHONE, "text": "已经答复"}
        with clock.at(local(text)):
            services.reply_to_person(self.cases[letter], actor=self.desk, **how)

    def rate(self, letter: str, text: str, score: int) -> None:
        with clock.at(local(text)):
            services.record_satisfaction(
                self.cases[letter], actor=self.desk, score=score
            )

    def close(self, letter: str, text: str) -> None:
        with clock.at(local(text)):
            services.close_case(self.cases[letter], actor=self.desk)

    def _replied(self) -> None:
        # A on time and satisfied; B late, dissatisfied, and reopened after the reply.
        self.receive("A", "11-02 09:00")
        self.reply("A", "11-05 10:00")
        self.rate("A", "11-06 10:00", 5)
        self.close("A", "11-06 10:05")
        self.receive("B", "11-02 10:00")
        self.reply("B", "11-12 10:00")
        self.rate("B", "11-13 10:00", 2)
        self.close("B", "11-13 10:05")
        with clock.at(local("11-16 09:00")):
            services.reopen_case(
                self.cases["B"], actor=self.supervisor, reason="又来电"
            )
        # J in the last minute of October, K in the first of November.
        self.receive("J", "10-31 23:59")
        self.reply("J", "11-04 09:00")
        self.rate("J", "11-05 09:00", 3)
        self.receive("K", "11-01 00:00")
        self.reply("K", "11-03 09:00")
        self.rate("K", "11-04 09:00", 4)
        # L was received in October and entered in November.
        self.receive("L", "11-02 09:00", received_at=local("10-30 15:00"))
        self.reply("L", "11-05 09:00")
        # H is anonymous: nobody to tell, nobody to ask.
        self.receive("H", "11-09 09:00", contact=None)
        self.reply("H", "11-10 09:00", impossible=Reply.Impossible.ANONYMOUS)
        with clock.at(local("11-10 09:05")):
            services.record_satisfaction(
                self.cases["H"],
                actor=self.desk,
                not_asked=Satisfaction.NotAsked.ANONYMOUS,
            )
        self.close("H", "11-10 09:10")

    def _ended_otherwise(self) -> None:
        # C is about two departments; F is merged into it.
        lines = [services.SubjectLine(self.category, d) for d in self.departments]
        self.receive("C", "11-03 09:00", subjects=lines)
        self.receive("F", "11-05 09:00")
        with clock.at(local("11-06 09:00")):
            services.merge_case(
                self.cases["F"],
                actor=self.supervisor,
                into=self.cases["C"],
                reason="同一件事",
            )
        # D is withdrawn before feedback was due, E after.
        self.receive("D", "11-04 09:00")
        self.receive("E", "11-04 09:30")
        for letter, text in (("D", "11-05 09:00"), ("E", "11-16 09:00")):
            with clock.at(local(text)):
                services.withdraw_case(
                    self.cases[letter], actor=self.desk, reason="本人撤回"
                )
        self.receive("G", "11-06 09:00")
        with clock.at(local("11-09 09:00")):
            services.decline_case(
                self.cases["G"],
                actor=self.supervisor,
                ground=DeclineGround.OUT_OF_REMIT,
                method=Reply.Method.PHONE,
                text="不属于本院职责",
            )

    def _still_open(self) -> None:
        self.receive("I", "11-10 09:00")
        with clock.at(local("11-11 09:00")):
            services.convert_kind(
                self.cases["I"], actor=self.desk, kind=Kind.ENQUIRY, reason="已说明"
            )
        # M is raised to tier 3: feedback is due earlier, the old due time is replaced.
        self.receive("M", "11-12 09:00")
        with clock.at(local("11-13 09:00")):
            services.set_tier(
                self.cases["M"], actor=self.desk, tier=3, reason="媒体关注"
            )
        subject = services.SubjectLine(self.category, self.departments[0], self.named)
        self.receive("N", "11-12 10:00", subjects=[subject])
        self.receive("P", "11-19 09:00")
