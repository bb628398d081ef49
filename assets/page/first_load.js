// Workaround: patches window.fetch to count what is under way, and holds clicks on tabs back while the page opens. Seen
// with Gradio 6.31.0, rarely. https://github.com/gradio-app/gradio/pull/12904 brought the answers that are laid aside
// for a part that is being built, and https://github.com/gradio-app/gradio/pull/13429 tells how one of them overwrites
// a later one. It can go when a tab that is opened during the first load keeps no placeholder:
// tests/ui/test_workarounds.py asks for that look with each new version of Gradio.
//
// Gradio builds a tab when it is first opened, and an answer that reaches a part of it in that very moment may be
// lost: the part keeps what stood there before. As the page opens many answers are on their way. A tab that is
// clicked before the last of them is there opens then.
(() => {
  const plain = window.fetch.bind(window),
    QUIET = 150,
    LONGEST = 5000; // milliseconds
  let out = 0,
    asked = false,
    over = false,
    quiet,
    held = null;

  function end() {
    over = true;
    document.removeEventListener('click', hold, true);
    if (held && held.isConnected) held.click();
  }
  function rest() {
    clearTimeout(quiet);
    if (!over && asked && out === 0) quiet = setTimeout(() => (window.queueIsOut() ? rest() : end()), QUIET);
  }
  function hold(event) {
    const tab = event.target.closest?.('[role=tab]');
    if (!tab) return;
    event.stopImmediatePropagation();
    if (!held)
      setTimeout(() => {
        if (!over) end();
      }, LONGEST);
    held = tab;
  }

  document.addEventListener('click', hold, true);
  window.fetch = async (input, init) => {
    if (over) return plain(input, init);
    asked ||= new URL(input.url || input, location.href).pathname.endsWith('/queue/join');
    out += 1;
    try {
      return await plain(input, init);
    } finally {
      out -= 1;
      rest();
    }
  };
})();
