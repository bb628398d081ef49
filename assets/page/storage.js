// Where a browser denies its storage ("block all cookies"), reading window.localStorage throws, and Gradio's
// BrowserState, without which the page asks for nothing, stops there. What is kept then lasts as long as the page.
(() => {
  try {
    if (window.localStorage) return;
  } catch {
    // denied
  }
  const kept = new Map();
  const storage = {
    getItem: key => kept.get(String(key)) ?? null,
    setItem: (key, value) => void kept.set(String(key), String(value)),
    removeItem: key => void kept.delete(String(key)),
    clear: () => kept.clear(),
    key: index => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
  Object.defineProperty(window, 'localStorage', { value: storage, configurable: true });
})();

// Two first pages of a browser, opened in the same moment, would each be given a name, and what one of them keeps would
// be lost with it. So the name that was given first within some seconds is that of both.
(() => {
  const KEPT = 'ans-name',
    MOMENT = 15000;
  window.oneName = async name => {
    const decide = () => {
      try {
        const kept = JSON.parse(localStorage.getItem(KEPT));
        if (kept?.name && Date.now() - kept.at < MOMENT) return kept.name;
        localStorage.setItem(KEPT, JSON.stringify({ name, at: Date.now() }));
      } catch {
        // nothing can be kept
      }
      return name;
    };
    const one = navigator.locks ? await navigator.locks.request(KEPT, decide) : decide();
    return [one];
  };
})();
