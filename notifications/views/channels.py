"""How I am told: addresses, what comes through which channel, and quiet hours."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.requests import SignedInRequest
from notifications.forms import AddressForm, DepartmentAddressForm, QuietHoursForm
from notifications.models import Address, Channel, Failure, TopicGroup
from notifications.permissions import can_manage_departments, can_operate
from notifications.services import (
    NotDelivered,
    add_address,
    choose_channels,
    refused_cells,
    remove_address,
    set_quiet_hours,
    try_address,
    try_email,
)

LOOKS = {
    Channel.EMAIL: "mail",
    Channel.WECOM: "brand-wechat",
    Channel.DINGTALK: "robot",
    Channel.FEISHU: "send",
    Channel.SMS: "device-mobile",
    Channel.WEBHOOK: "world",
}


@require_safe
def my_channels(request: SignedInRequest) -> HttpResponse:
    return _render_page(request, QuietHoursForm.of(request.user))


@require_POST
def choose(request: SignedInRequest) -> HttpResponse:
    """Keep the ticks of the table; only columns that were shown are answered."""
    user = request.user
    offered = _channels_of(user, _own_addresses(user))
    wanted = {
        (group, channel)
        for group, __, channel in (
            cell.partition(":") for cell in request.POST.getlist("wanted")
        )
    }
    choose_channels(user, offered=offered, wanted=wanted)
    messages.success(request, _("Your choice was saved."))
    return redirect("notifications:channels")


@require_POST
def set_quiet(request: SignedInRequest) -> HttpResponse:
    form = QuietHoursForm(request.POST)
    if not form.is_valid():
        return _render_page(request, form)
    set_quiet_hours(request.user, **form.cleaned_data)
    messages.success(request, _("Your quiet hours were saved."))
    return redirect("notifications:channels")


@require_http_methods(["GET", "HEAD", "POST"])
def add_own(request: SignedInRequest) -> HttpResponse:
    form = AddressForm(request.POST or None, user=request.user)
    return _add(request, form, back_url=reverse("notifications:channels"))


@require_http_methods(["GET", "HEAD", "POST"])
def add_for_department(request: SignedInRequest) -> HttpResponse:
    _require_manager(request.user)
    form = DepartmentAddressForm(request.POST or None, user=request.user)
    return _add(request, form, back_url=reverse("notifications:department_channels"))


@require_safe
def department_channels(request: SignedInRequest) -> HttpResponse:
    """For the IT administrator: the addresses that departments have as a whole."""
    _require_manager(request.user)
    addresses = Address.objects.for_lists().filter(department__isnull=False)
    rows = [_row(address) for address in addresses.order_by("department__code", "pk")]
    return render(request, "notifications/department_channels.html", {"rows": rows})


@require_POST
def test_email(request: SignedInRequest) -> HttpResponse:
    if not request.user.email:
        raise PermissionDenied
    try:
        try_email(request.user)
    except NotDelivered as failed:
        _tell_failure(request, failed)
    else:
        messages.success(request, _("The test message was handed over."))
    return redirect("notifications:channels")


@require_POST
def test_address(request: SignedInRequest, pk: int) -> HttpResponse:
    address = _find(request.user, pk)
    try:
        try_address(address, actor=request.user)
    except NotDelivered as failed:
        _tell_failure(request, failed)
    else:
        messages.success(request, _("The test message was handed over."))
    return redirect(_page_of(address))


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    address = _find(request.user, pk)
    remove_address(address, actor=request.user)
    messages.success(request, _("The address was removed and forgotten."))
    return redirect(_page_of(address))


def _add(request: SignedInRequest, form: AddressForm, *, back_url: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            add_address(actor=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("The address was added. Send a test to it."))
            return redirect(back_url)
    template = "action_form.html" if request.htmx else "action_page.html"
    context = {
        "title": _("Add an address"),
        "form": form,
        "submit_label": _("Add"),
        "back_url": back_url,
    }
    response = render(request, f"components/{template}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _render_page(request: SignedInRequest, quiet: QuietHoursForm) -> HttpResponse:
    user = request.user
    addresses = _own_addresses(user)
    channels = _channels_of(user, addresses)
    refused = refused_cells(user)
    matrix = [
        {
            "group": group,
            "cells": [
                {
                    "channel": channel,
                    "value": f"{group.value}:{channel.value}",
                    "is_wanted": (group.value, channel.value) not in refused,
                }
                for channel in channels
            ],
        }
        for group in TopicGroup
    ]
    context = {
        "rows": [_row(address) for address in addresses],
        "channels": channels,
        "matrix": matrix,
        "quiet": quiet,
        "manages_departments": can_manage_departments(user),
        "operates": can_operate(user),
    }
    return render(request, "notifications/channels.html", context)


def _row(address: Address) -> dict[str, Any]:
    return {"address": address, "icon": LOOKS[Channel(address.channel)]}


def _own_addresses(user: User) -> list[Address]:
    return list(Address.objects.for_lists().filter(user=user))


def _channels_of(user: User, addresses: Sequence[Address]) -> list[Channel]:
    """The channels that reach the person, in the order of the table."""
    reached = {address.channel for address in addresses}
    if user.email:
        reached.add(Channel.EMAIL)
    return [channel for channel in Channel if channel in reached]


def _find(user: User, pk: int) -> Address:
    """An own address; for the IT administrator also those of departments."""
    mine = Q(user=user)
    if can_manage_departments(user):
        mine |= Q(department__isnull=False)
    return get_object_or_404(Address.objects.active().filter(mine), pk=pk)


def _page_of(address: Address) -> str:
    own = address.department_id is None
    return f"notifications:{'channels' if own else 'department_channels'}"


def _require_manager(user: User) -> None:
    if not can_manage_departments(user):
        raise PermissionDenied


def _tell_failure(request: SignedInRequest, failed: NotDelivered) -> None:
    text = _("The test message did not get out. {reason}. {detail}").format(
        reason=Failure(failed.failure).label, detail=failed.detail
    )
    messages.error(request, text.strip())
