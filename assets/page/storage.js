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
