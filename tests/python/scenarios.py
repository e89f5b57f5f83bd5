"""The scenarios of `clients.py`: calls of Secrets Manager and of Parameter Store, each with a step's name."""

ONE = "11111111-1111-4111-8111-111111111111"
TWO = "22222222-2222-4222-8222-222222222222"
THREE = "33333333-3333-4333-8333-333333333333"
ABSENT = "99999999-9999-4999-8999-999999999999"


class Run:
    """Calls a service with one client, and records the outcome of each step."""

    def __init__(self, client, outcomes):
        self.client, self.outcomes = client, outcomes

    def name(self, name):
        """The name of a secret of this client alone."""
        return f"{self.client.NAME}/{name}"

    def __call__(self, step, operation, service="secretsmanager", **parameters):
        response, error = self.client.call(service, operation, parameters)
        if error:
            self.outcomes.error(step, *error)
            return {}
        self.outcomes.response(step, response)
        return response

    def ssm(self, step, operation, **parameters):
        return self(step, operation, service="ssm", **parameters)

    def two_versions(self, name):
        """Creates a secret whose versions are AWSPREVIOUS and AWSCURRENT, and returns its ARN and both ids."""
        created = self("create", "create_secret", Name=name, SecretString="first", ClientRequestToken=ONE)
        put = self("put", "put_secret_value", SecretId=name, SecretString="second", ClientRequestToken=TWO)
        return created["ARN"], created["VersionId"], put["VersionId"]


def get(run):
    name = run.name("get")
    arn, one, _ = run.two_versions(name)
    for step, given in {
        "by name": {},
        "by ARN": {"SecretId": arn},
        "by partial ARN": {"SecretId": arn[:-7]},
        "by ARN with another suffix": {"SecretId": arn[:-6] + "ZZZZZZ"},
        "by ARN of another name": {"SecretId": arn[:-7] + "-x"},
        "by version": {"VersionId": one},
        "by stage": {"VersionStage": "AWSPREVIOUS"},
        "by current stage": {"VersionStage": "AWSCURRENT"},
        "by version and its stage": {"VersionId": one, "VersionStage": "AWSPREVIOUS"},
        "by version and another stage": {"VersionId": one, "VersionStage": "AWSCURRENT"},
        "missing secret": {"SecretId": run.name("absent")},
        "missing version": {"VersionId": ABSENT},
        "missing stage": {"VersionStage": "absent"},
        "short version id": {"VersionId": "1"},
        "empty stage": {"VersionStage": ""},
        "empty id": {"SecretId": ""},
        "long id": {"SecretId": "x" * 2049},
    }.items():
        run(step, "get_secret_value", **{"SecretId": name, **given})


def binary(run):
    name = run.name("binary")
    run("create", "create_secret", Name=name, SecretBinary=b"\0\x9f\xff", ClientRequestToken=ONE)
    run("get", "get_secret_value", SecretId=name)
    run("batch", "batch_get_secret_value", SecretIdList=[name])
    run("put text", "put_secret_value", SecretId=name, SecretString="text", ClientRequestToken=TWO)
    run("get text", "get_secret_value", SecretId=name)
    run("get previous", "get_secret_value", SecretId=name, VersionStage="AWSPREVIOUS")


def no_value(run):
    name = run.name("no-value")
    run("create", "create_secret", Name=name)
    run("get", "get_secret_value", SecretId=name)
    run("batch", "batch_get_secret_value", SecretIdList=[name])
    run("list", "list_secret_version_ids", SecretId=name)
    run("describe", "describe_secret", SecretId=name)
    run("put", "put_secret_value", SecretId=name, SecretString="first", ClientRequestToken=ONE)
    run("get first", "get_secret_value", SecretId=name)


def deleted(run):
    name = run.name("deleted")
    created = run("create", "create_secret", Name=name, SecretString="first", ClientRequestToken=ONE)
    run("delete", "delete_secret", SecretId=name, RecoveryWindowInDays=7)
    run("get", "get_secret_value", SecretId=name)
    run("batch", "batch_get_secret_value", SecretIdList=[name])
    run("create again", "create_secret", Name=name, SecretString="second", ClientRequestToken=TWO)
    run("put", "put_secret_value", SecretId=name, SecretString="second", ClientRequestToken=TWO)
    run("move", "update_secret_version_stage", SecretId=name, VersionStage="own", MoveToVersionId=created["VersionId"])
    run("list", "list_secret_version_ids", SecretId=name)
    run("describe", "describe_secret", SecretId=name)


def denied(run):
    name = run.name("denied")
    run("get", "get_secret_value", SecretId=name)
    run("batch", "batch_get_secret_value", SecretIdList=[name])


def batch(run):
    one, two = run.name("batch/one"), run.name("batch/two")
    arn = run("create one", "create_secret", Name=one, SecretString="1", ClientRequestToken=ONE).get("ARN", "no ARN")
    run("create two", "create_secret", Name=two, SecretString="2", ClientRequestToken=TWO)
    batch = lambda step, **given: run(step, "batch_get_secret_value", **given)
    batch("found", SecretIdList=[one, two])
    batch("found and missing", SecretIdList=[one, run.name("absent")])
    batch("all missing", SecretIdList=[run.name("absent"), run.name("absent/2")])
    batch("found and denied", SecretIdList=[one, run.name("denied")])
    batch("duplicate name", SecretIdList=[one, one])
    batch("name and ARN", SecretIdList=[one, arn])
    batch("partial ARN", SecretIdList=[arn[:-7]])
    batch("20 ids", SecretIdList=[one, *(run.name(f"absent/{n}") for n in range(19))])
    batch("21 ids", SecretIdList=[one, *(run.name(f"absent/{n}") for n in range(20))])
    batch("empty id", SecretIdList=[one, ""])
    batch("empty", SecretIdList=[])
    batch("ids and filters", SecretIdList=[one], Filters=[{"Key": "name", "Values": [one]}])
    batch("ids and limit", SecretIdList=[one], MaxResults=5)


def create(run):
    name = run.name("create")
    given = {"Name": name, "SecretString": "first", "ClientRequestToken": ONE}
    run("new", "create_secret", **given)
    run("same token and value", "create_secret", **given)
    run("same token, other value", "create_secret", **{**given, "SecretString": "second"})
    run("other token", "create_secret", **{**given, "ClientRequestToken": TWO})
    run("get", "get_secret_value", SecretId=name)
    for number, (step, changed) in enumerate(
        {
            "invalid name": {"Name": run.name("create/?")},
            "long name": {"Name": run.name("x" * 512)},
            "empty value": {"SecretString": ""},
            "short token": {"ClientRequestToken": "1"},
            "largest value": {"SecretString": "x" * 65536},
            "too large a value": {"SecretString": "x" * 65537},
            "text and bytes": {"SecretBinary": b"x"},
        }.items()
    ):
        run(step, "create_secret", **{**given, "Name": run.name(f"create/{number}"), **changed})


def put(run):
    name = run.name("put")
    run("create", "create_secret", Name=name, SecretString="first", ClientRequestToken=ONE)
    put = lambda step, **given: run(step, "put_secret_value", **{"SecretId": name, **given})
    put("new version", SecretString="second", ClientRequestToken=TWO)
    put("same token and value", SecretString="second", ClientRequestToken=TWO)
    put("same token, other value", SecretString="third", ClientRequestToken=TWO)
    put("other stage", SecretString="third", ClientRequestToken=THREE, VersionStages=["AWSPENDING"])
    run("get", "get_secret_value", SecretId=name)
    run("get previous", "get_secret_value", SecretId=name, VersionStage="AWSPREVIOUS")
    run("get pending", "get_secret_value", SecretId=name, VersionStage="AWSPENDING")
    put("two stages", SecretString="fourth", ClientRequestToken=ABSENT, VersionStages=["AWSCURRENT", "own"])
    run("get by own stage", "get_secret_value", SecretId=name, VersionStage="own")
    run("get the one before", "get_secret_value", SecretId=name, VersionStage="AWSPREVIOUS")
    put("missing secret", SecretId=run.name("absent"), SecretString="x", ClientRequestToken=TWO)
    put("no value", ClientRequestToken="44444444-4444-4444-8444-444444444444")
    put("empty value", SecretString="", ClientRequestToken="44444444-4444-4444-8444-444444444444")
    put("too large a value", SecretString="x" * 65537, ClientRequestToken="44444444-4444-4444-8444-444444444444")
    run("list", "list_secret_version_ids", SecretId=name, IncludeDeprecated=True)


def stages(run):
    name = run.name("stages")
    _, one, two = run.two_versions(name)
    move = lambda step, stage, **given: run(
        step, "update_secret_version_stage", **{"SecretId": name, "VersionStage": stage, **given}
    )
    read = lambda step, stage: run(step, "get_secret_value", SecretId=name, VersionStage=stage)
    move("attached elsewhere", "AWSCURRENT", MoveToVersionId=one)
    move("wrong version to remove from", "AWSCURRENT", MoveToVersionId=one, RemoveFromVersionId=one)
    move("absent version to remove from", "AWSCURRENT", MoveToVersionId=one, RemoveFromVersionId=ABSENT)
    move("absent version to move to", "AWSCURRENT", MoveToVersionId=ABSENT, RemoveFromVersionId=two)
    move("current", "AWSCURRENT", MoveToVersionId=one, RemoveFromVersionId=two)
    read("get current", "AWSCURRENT")
    read("get previous", "AWSPREVIOUS")
    move("current to its own version", "AWSCURRENT", MoveToVersionId=one, RemoveFromVersionId=one)
    move("current from its version", "AWSCURRENT", RemoveFromVersionId=one)
    move("new stage", "own", MoveToVersionId=two)
    read("get by new stage", "own")
    move("new stage from another version", "new", MoveToVersionId=two, RemoveFromVersionId=one)
    move("new stage from its version", "own", RemoveFromVersionId=two)
    read("get by removed stage", "own")
    move("no version", "own")
    move("missing secret", "own", SecretId=run.name("absent"), MoveToVersionId=one)
    run("list", "list_secret_version_ids", SecretId=name)


def versions(run):
    name = run.name("versions")
    _, one, _ = run.two_versions(name)
    run("put third", "put_secret_value", SecretId=name, SecretString="third", ClientRequestToken=THREE)
    run("list", "list_secret_version_ids", SecretId=name)
    run("list all", "list_secret_version_ids", SecretId=name, IncludeDeprecated=True)
    page = run("first page", "list_secret_version_ids", SecretId=name, IncludeDeprecated=True, MaxResults=1)
    token = page.get("NextToken", "none")
    run("next page", "list_secret_version_ids", SecretId=name, IncludeDeprecated=True, MaxResults=1, NextToken=token)
    run("invalid page", "list_secret_version_ids", SecretId=name, NextToken="invalid")
    run("missing secret", "list_secret_version_ids", SecretId=run.name("absent"))
    run("get deprecated", "get_secret_value", SecretId=name, VersionId=one)
    run("describe", "describe_secret", SecretId=name)
    run("describe missing secret", "describe_secret", SecretId=run.name("absent"))


def throttled(run):
    run("get", "get_secret_value", SecretId=run.name("throttled"))
    run("get throttled once", "get_secret_value", SecretId=run.name("throttled-once"))
    run("batch", "batch_get_secret_value", SecretIdList=[run.name("throttled")])


def replica(run):
    name = run.name("replica")
    run("get", "get_secret_value", SecretId=name)
    run("put", "put_secret_value", SecretId=name, SecretString="x", ClientRequestToken=THREE)
    run("describe", "describe_secret", SecretId=name)


def parameters(run):
    get = lambda step, name, **given: run.ssm(step, "get_parameter", Name=name, WithDecryption=True, **given)
    all_of = lambda step, names: run.ssm(step, "get_parameters", Names=names, WithDecryption=True)
    get("get", "/clients/one")
    get("get version", "/clients/one:1")
    get("get absent version", "/clients/one:9")
    get("get absent label", "/clients/one:absent")
    get("get missing", "/clients/absent")
    get("get invalid name", "clients/one")
    get("get empty name", "")
    all_of("found", ["/clients/one", "/clients/two"])
    all_of("found and missing", ["/clients/one", "/clients/absent"])
    all_of("version", ["/clients/one:1"])
    all_of("duplicates", ["/clients/one", "/clients/one"])
    all_of("10 names", ["/clients/one", *(f"/clients/absent/{n}" for n in range(9))])
    all_of("11 names", ["/clients/one", *(f"/clients/absent/{n}" for n in range(10))])
    run.ssm("none", "get_parameters", Names=[])
    by_path = lambda step, path, **given: run.ssm(step, "get_parameters_by_path", Path=path, WithDecryption=True, **given)
    by_path("path", "/clients", Recursive=True)
    by_path("path of one level", "/", Recursive=False)
    by_path("empty path", "/clients/absent", Recursive=True)
    by_path("invalid path", "clients", Recursive=True)


SCENARIOS = {
    function.__name__.replace("_", "-"): function
    for function in (
        get,
        binary,
        no_value,
        deleted,
        denied,
        batch,
        create,
        put,
        stages,
        versions,
        throttled,
        replica,
        parameters,
    )
}
