"""pydantic-settings, with all fields in one JSON secret."""

from pydantic import SecretStr
from pydantic_settings import AWSSecretsManagerSettingsSource, BaseSettings
from wanted import JSON, done


class Settings(BaseSettings):
    a: SecretStr
    b: SecretStr
    c: SecretStr
    d: SecretStr
    e: SecretStr
    f: SecretStr
    g: SecretStr
    h: SecretStr
    i: SecretStr
    j: SecretStr

    @classmethod
    def settings_customise_sources(cls, settings_cls, **sources):
        return (AWSSecretsManagerSettingsSource(settings_cls, JSON),)


done([value.get_secret_value() for _, value in Settings()])
