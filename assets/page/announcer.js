// What a screen reader is told. The page has one live region for it, so that no card is read out as a whole:
// `announce(source, words)` says the last words of a source, once, when it has been quiet for a while.
(() => {
  const PAUSE = 900, // milliseconds; somebody who types is not interrupted
    waiting = new WeakMap();
  const region = document.createElement('div');
  region.id = 'announcer';
  region.setAttribute('role', 'status');
  region.setAttribute('aria-atomic', 'true');

  window.announce = (source, words) => {
    if (!region.isConnected) document.body.append(region); // well before it says something, or it would not be heard
    clearTimeout(waiting.get(source));
    region.textContent = ''; // the same words are told again, of another text
    if (words) waiting.set(source, setTimeout(() => (region.textContent = words), PAUSE));
  };
})();
