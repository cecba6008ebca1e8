"""Mail to people: plain text in their language, sent beside the request so that a slow server holds nobody up; a failed try is repeated twice."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.core.mail import EmailMessage

from rashin.errors import Bilingual

log = logging.getLogger("rashin.web.mail")
PAUSES_S = (2.0, 20.0)
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rashin-mail")

INVITATION = (
    Bilingual("【羅針】{centre}への招待", "[Rashin] You are invited to {centre}"),
    Bilingual(
        "{inviter} さんから、{centre} のKPIサイト「羅針」に招待されました。\n\n次のリンクを開いて、パスワードを設定してください(7日間有効、1回限り)。\n{link}\n\n"
        "心当たりがないときは、このメールを破棄してください。",
        "{inviter} has invited you to Rashin, the KPI site of {centre}.\n\nOpen this link and set a password (valid for 7 days, once).\n{link}\n\n"
        "If you did not expect this, ignore it.",
    ),
)
RESET = (
    Bilingual("【羅針】パスワードの再設定", "[Rashin] Reset your password"),
    Bilingual(
        "パスワードを再設定するには、次のリンクを開いてください(30分間有効、1回限り)。\n{link}\n\n心当たりがないときは、何もしないでください。パスワードは変わりません。",
        "Open this link to set a new password (valid for 30 minutes, once).\n{link}\n\n"
        "If you did not ask for this, do nothing: your password stays as it is.",
    ),
)
#: What happened to an account: allauth's name of the mail → subject.
NOTICES = {
    "account/email/password_changed": Bilingual("パスワードが変更されました", "Your password was changed"),
    "account/email/password_reset": Bilingual("パスワードが再設定されました", "Your password was reset"),
    "account/email/password_set": Bilingual("パスワードが設定されました", "A password was set"),
    "mfa/email/totp_activated": Bilingual("認証アプリが有効になりました", "An authenticator app was set up"),
    "mfa/email/totp_deactivated": Bilingual("認証アプリが無効になりました", "The authenticator app was removed"),
    "mfa/email/recovery_codes_generated": Bilingual("回復コードが作り直されました", "New recovery codes were made"),
}
NOTICE = Bilingual(
    "{what}。\n\n日時: {at}\n接続元: {address}\n\n心当たりがないときは、すぐに管理者へ連絡してください。\n{site}",
    "{what}.\n\nWhen: {at}\nFrom: {address}\n\nIf this was not you, tell your administrator at once.\n{site}",
)


def message(to: str, subject: str, body: str) -> EmailMessage:
    """Return a plain mail; a line end in the subject cannot start another header."""
    return EmailMessage(" ".join(subject.split()), body + "\n", None, [to])


def post(mail: EmailMessage) -> Future[bool] | None:
    """Send ``mail`` soon; None where the site sends no mail. The future tells whether it went out."""
    return _sender.submit(_send, mail) if settings.SENDS_MAIL else None


def _send(mail: EmailMessage) -> bool:
    for pause in (*PAUSES_S, None):
        try:
            mail.send()
            return True
        except Exception as error:
            # neither address nor text may stand in a log
            log.warning("mail not sent", extra={"code": type(error).__name__})
            if pause is not None:
                time.sleep(pause)
    return False
