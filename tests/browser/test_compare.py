"""A visitor's walk through Compare: numbers, one text judged by all, the ablation, Stop, and back again."""

from __future__ import annotations


def test_a_visitor_compares_methods_and_sees_where_msp_is_confidently_wrong(app, starter, browser) -> None:
    url, _ = app
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.get_by_role("tab", name="Compare").click()

    # What needs no fitting is there at once
    rows = page.locator("#comparison tbody tr:not(.missing) .name")
    rows.nth(1).wait_for()
    assert sorted(rows.all_inner_texts()) == ["ANS", "MSP"]
    page.get_by_text("Press Compare for the rest").wait_for()
    page.wait_for_function("() => document.querySelector('#bars .plot')?._fullData?.[0]?.y.length === 2")

    # Compare fits the others; those of them that would take long are left out here
    for name in ("ADB", "no negatives", "LOF"):
        page.locator("#compare").get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text("7 methods compared").wait_for()
    assert rows.count() == 7
    page.wait_for_function("() => document.querySelector('#bars .plot')._fullData[0].y.length === 7")
    page.locator("#measure").get_by_label("AUROC").click()
    page.locator("#comparison thead th.sorted", has_text="AUROC").wait_for()

    # One text, all methods: a click on a text that deceives MSP, and one's own
    page.locator("#confident-errors .confident-error").first.click()
    page.locator("#judges .judge.own.says-open", has_text="ANS").wait_for()
    assert page.locator("#judges .judge.says-known", has_text="MSP").count() == 1
    page.get_by_text("OPEN is right.").wait_for()
    assert page.locator("#judges .judge:not(.top)").count() == 7
    page.get_by_label("A text for all methods").fill("<img src=x onerror=alert(1)> wake me up at seven")
    page.locator("#judges .title", has_text="OPEN").wait_for()
    page.get_by_text("OPEN is right.").wait_for(state="detached")

    # The ablation is one click, and Stop ends it (a fast machine may be faster than the click)
    page.get_by_role("button", name="Ablation of Table 2").click()
    page.locator("#comparison [role=progressbar]").wait_for()
    page.evaluate("() => document.querySelector('#stop-comparison').click()")
    page.locator("#comparison .comparison.part, #comparison .comparison.done").wait_for()
    page.locator("#start-comparison:enabled").wait_for()
    page.locator("#stop-comparison:disabled").wait_for()

    # Coming back is instant, and nothing is lost
    page.reload()
    page.get_by_role("tab", name="Compare").click()
    page.locator("#comparison tbody tr:not(.missing)", has_text="Mahalanobis").wait_for()
    assert errors == []
    page.close()
