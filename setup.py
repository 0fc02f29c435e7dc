"""What a wheel holds beside the modules: the studies, the rating app, and the commit it was built from."""

import json
import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from harness.provenance import BUILD_RECORD, commit  # noqa: E402

NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "secrets.toml")


class BuildModules(build_py):
    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)  # an earlier build may have left modules that are gone
        super().run()
        if not self.editable_mode:
            package = Path(self.build_lib) / "harness"
            for name in ("studies", "dashboards"):
                shutil.copytree(ROOT / name, package / "share" / name, ignore=NOT_SHIPPED)
            record_commit(package)


class SourceArchive(sdist):
    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        record_commit(Path(base_dir) / "harness")


def record_commit(package: Path) -> None:
    head, dirty = commit()
    (package / BUILD_RECORD).write_text(json.dumps({"commit": head, "dirty": dirty}), encoding="utf-8")


setup(cmdclass={"build_py": BuildModules, "sdist": SourceArchive})
