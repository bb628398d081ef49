// Tabs by keyboard, as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ wants them and Gradio 6.31.0 does not: one stop
// of the Tab key for each list of tabs, the arrow keys, Home and End within it. The tab where they come to rest opens,
// so that nothing is computed for the ones on the way.
(() => {
  const REST = 250; // milliseconds
  const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
  let opening;

  const tabsOf = list => [...list.querySelectorAll('[role=tab]:not(:disabled)')];

  function stops() {
    for (const list of document.querySelectorAll('[role=tablist]')) {
      const tabs = tabsOf(list),
        stop = tabs.find(tab => tab.ariaSelected === 'true') || tabs[0];
      for (const tab of tabs) tab.tabIndex = tab === stop ? 0 : -1;
    }
  }

  function move(event, tab) {
    const tabs = tabsOf(tab.closest('[role=tablist]')),
      at = tabs.indexOf(tab);
    let to = at + STEPS[event.key];
    if (event.key === 'Home') to = 0;
    if (event.key === 'End') to = tabs.length - 1;
    if (Number.isNaN(to)) return;
    event.preventDefault();
    const next = tabs.at(to % tabs.length);
    next.focus();
    clearTimeout(opening);
    opening = setTimeout(() => next.click(), REST);
  }

  document.addEventListener('keydown', event => {
    if (event.key === 'Tab') stops();
    const tab = event.target.closest?.('[role=tab]');
    if (tab && !event.defaultPrevented && !event.altKey && !event.ctrlKey && !event.metaKey) move(event, tab);
  });
})();
