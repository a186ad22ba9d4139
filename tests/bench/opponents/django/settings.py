"""Django with what the API needs and nothing else."""

import logging
import os
from urllib.parse import urlsplit

DATABASE = os.environ["BOOKS_DATABASE"]

DEBUG = False
SECRET_KEY = "nothing is signed"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["rest_framework", "books"]
MIDDLEWARE = []
ROOT_URLCONF = "books.urls"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LOGGING_CONFIG = None
# A request that is refused is no news.
logging.getLogger("django.request").setLevel(logging.ERROR)
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DATABASE.startswith("postgres"):
    url = urlsplit(DATABASE)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": url.hostname or "",
            "PORT": url.port or "",
            "NAME": url.path.lstrip("/"),
            "USER": url.username or "",
            "PASSWORD": url.password or "",
            # The driver prepares what it sends often, which it does only where the server binds the values.
            "OPTIONS": {"server_side_binding": True},
            "CONN_MAX_AGE": None,
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATABASE,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                "PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY",
            },
        }
    }

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
