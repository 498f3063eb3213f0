"""The whole demo is filled once: it says at every stage what it is doing, and its answer stays fit for a program."""

import json


def test_the_demo_tells_its_stages_and_answers_with_nothing_but_its_notes(sqlite_app) -> None:
    runner = sqlite_app.test_cli_runner()

    done = runner.invoke(args=["core", "demo", "--json"])

    assert done.exit_code == 0, done.output
    notes = json.loads(done.stdout)
    assert [one["username"] for one in notes["accounts"]][:2] == ["admin", "organiser"]
    told = done.stderr.splitlines()
    assert len(told) >= 12
    assert all(line.startswith("演示：") and line.endswith("…") for line in told)
    at = [next(n for n, line in enumerate(told) if words in line) for words in ("报名表", "评分、提交", "颁发证书")]
    assert at == sorted(at)

    again = runner.invoke(args=["core", "demo"])
    assert (again.exit_code, again.stdout) == (1, "")
    assert "不是空的" in again.stderr
