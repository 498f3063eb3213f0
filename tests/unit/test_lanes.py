"""No two browsers at once: of the processes of a run only one has them, and nobody idles while there is work."""

from types import SimpleNamespace

from lanes import ByLane

BROWSER = [f"tests/browser/test_{name}.py" for name in "abcdijkl"]
OTHER = [f"tests/{folder}/test_{name}.py" for folder in ("unit", "web") for name in "efgh"]


class Process:
    """A process of a run, with the tests that it was given and has not done."""

    def __init__(self, number):
        self.gateway = SimpleNamespace(id=f"gw{number}")
        self.todo, self.done, self.shutting_down = [], [], False

    def send_runtest_some(self, numbers):
        self.todo += numbers

    def shutdown(self):
        self.shutting_down = True


def run(files, speeds, tests_of_each=3):
    """The files each process has done, in their order, if it does so many tests in a round."""
    tests = [f"{file}::test_{number}" for file in files for number in range(tests_of_each)]
    options = {"tx": [f"{len(speeds)}*popen"]}
    lanes = ByLane(SimpleNamespace(getvalue=options.get, option=SimpleNamespace(loadscopereorder=False)))
    processes = [Process(number) for number, _ in enumerate(speeds)]
    for process in processes:
        lanes.add_node(process)
        lanes.add_node_collection(process, tests)
    lanes.schedule()
    while any(process.todo for process in processes):
        for process, speed in zip(processes, speeds, strict=True):
            for number in [process.todo.pop(0) for _ in range(min(speed, len(process.todo)))]:
                process.done.append(tests[number].partition("::")[0])
                lanes.mark_test_complete(process, number)
    assert sorted(test for process in processes for test in process.done) == sorted(files * tests_of_each)
    return [list(dict.fromkeys(process.done)) for process in processes]


def test_the_first_process_has_all_browsers_and_each_kind_keeps_its_order():
    first, second, third = run([*BROWSER, *OTHER], speeds=(4, 1, 1))

    assert first[: len(BROWSER)] == BROWSER
    assert not {*second, *third} & {*BROWSER}
    assert second == sorted(second, key=OTHER.index)


def test_who_has_done_the_own_kind_takes_from_the_other():
    quick, slow = run([*BROWSER, *OTHER], speeds=(9, 1))
    assert {*quick} & {*OTHER}
    assert slow[0] == OTHER[0]

    slow, quick = run([*BROWSER, *OTHER], speeds=(1, 9))
    assert slow[0] == BROWSER[0]
    assert {*quick} & {*BROWSER}


def test_without_any_browser_all_processes_work():
    assert all(run(OTHER, speeds=(1, 1, 1)))
