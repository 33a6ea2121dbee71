"""What every slice leans on: settings, clock, keys, database, change feed, queue, the ways out, the audit."""

from conducktor.audit.writer import AuditWriter
from conducktor.core.clock import utc_now
from conducktor.core.errors import Invalid
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Database
from conducktor.infra.encryption import load_key_ring
from conducktor.infra.http_client import HttpClient
from conducktor.infra.mail import Mailer
from conducktor.infra.mail_links import MailLinks
from conducktor.infra.queue import JOB_TIMEOUT_S, Doorbell
from conducktor.notices.deliver import Deliveries
from conducktor.notices.notices import Notices
from conducktor.settings import Settings


class Foundation:
    """Built from the settings; nothing is started yet."""

    def __init__(self, settings: Settings) -> None:
        if not settings.database_url:
            raise Invalid("DATABASE_URL is empty.", next_step="Start with `conducktor run`, which brings its own PostgreSQL.")
        self.settings = settings
        self.clock = utc_now
        self.key_ring = load_key_ring(settings.keys, settings.data_dir)
        self.database = Database(settings.database_url)
        self.changes = ChangeFeed(self.database)
        self.doorbell = Doorbell(
            settings.queue_url or settings.database_url,
            job_timeout_s=max(JOB_TIMEOUT_S, round(settings.call_deadline_s) + 30),  # an approved call must end by itself
        )
        # Several connections may lead to one host; what bounds calls is each connection's lane.
        self.http = HttpClient(settings, connections_per_host=4 * settings.calls_per_connection)
        self.audit = AuditWriter(self.database, self.key_ring, self.clock)
        self.mailer = Mailer(settings)
        self.mail_links = MailLinks(self.key_ring, settings.origin)
        self.notices = Notices(self.mailer, self.doorbell, self.clock)
        self.deliveries = Deliveries(self.database, self.http, self.mailer, self.key_ring, self.clock)
