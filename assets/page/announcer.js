// What a screen reader is told. The page has one live region for it, so that no card is read out as a whole:
// `announce(source, words)` says the last words of a source, once, when it has been quiet for a while.
(() => {
  const PAUSE = 900, // milliseconds
    STAYS = 10000,
    waiting = new Map(); // source → what it says, and the timer that says it
  const region = document.createElement('div');
  region.id = 'announcer';
  region.setAttribute('role', 'status');
  region.setAttribute('aria-atomic', 'true');

  function wait(source, words) {
    clearTimeout(waiting.get(source)?.timer);
    waiting.delete(source);
    const say = () => {
      waiting.delete(source);
      region.textContent = words;
      setTimeout(() => {
        if (region.textContent === words) region.textContent = ''; // nobody meets old news later
      }, STAYS);
    };
    if (words) waiting.set(source, { words, timer: setTimeout(say, PAUSE) });
  }

  window.announce = (source, words) => {
    if (!region.isConnected) document.body.append(region); // well before it says something, or it would not be heard
    region.textContent = ''; // the same words are told again, of another text
    wait(source, words);
  };

  // Somebody who types is not interrupted, however slowly the answers come.
  document.addEventListener('input', () => {
    const until = [...waiting]; // before each of them waits anew, at the end of the same map
    for (const [source, { words }] of until) wait(source, words);
  });
})();
