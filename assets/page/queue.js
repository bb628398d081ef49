// Workaround: patches window.fetch for the queue's two addresses. Seen with Gradio 6.31.0; no upstream issue known
// (https://github.com/gradio-app/gradio/pull/7926 fixed a neighbour of it). It can go when an event that is asked for
// while the stream ends is answered: tests/browser/test_gradio_faults.py tries that.
//
// Gradio's page has one stream for the answers of its queue. The server closes it when nothing is left to answer, and
// an event that is on its way in that moment would wait for ever, or be dropped when the page aborts the stream: a
// lost click. So the stream is watched here: while an event is out, its end is kept from Gradio and it is opened
// again, and a stream is never aborted, it ends by itself.
(() => {
  const plain = window.fetch.bind(window),
    waiting = new Set(),
    answered = new Set();
  // Without it, Gradio asks for no other stream.
  const END = new TextEncoder().encode('data: {"msg": "close_stream"}\n\n');
  let asking = 0; // events whose id has not come back yet
  const isOut = (window.queueIsOut = () => asking > 0 || waiting.size > 0);

  async function join(input, init) {
    asking += 1;
    try {
      const reply = await plain(input, init);
      const { event_id: id } = reply.ok ? await reply.clone().json() : {};
      if (id && !answered.delete(id)) waiting.add(id); // a quick answer may come before the id
      return reply;
    } finally {
      asking -= 1;
    }
  }

  // One message of the stream; false if Gradio must not see it.
  function seen(block) {
    if (!block.startsWith('data:')) return true;
    const message = JSON.parse(block.slice(5));
    if (message.msg === 'process_completed' && message.event_id && !waiting.delete(message.event_id))
      answered.add(message.event_id);
    if (message.msg === 'unexpected_error') waiting.clear();
    return message.msg !== 'close_stream' || !isOut();
  }

  async function pass(reply, out, left) {
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader(),
      encoder = new TextEncoder();
    left.cancel = () => reader.cancel();
    for (let rest = '', next; !(next = await reader.read()).done;) {
      const blocks = (rest + next.value).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        if (!seen(block)) continue;
        if (block.includes('"close_stream"')) Object.assign(left, { already: true, cancel: () => {} });
        out.enqueue(encoder.encode(block + '\n\n'));
      }
    }
  }

  async function stream(input, init) {
    const open = () => plain(new Request(input, { ...init, signal: null }));
    const left = { already: false, cancel: () => {} }; // has Gradio left the stream? If it does, what is to be done?
    (init?.signal || input.signal)?.addEventListener('abort', () => {
      left.already = true;
      left.cancel();
    });
    const first = await open();
    if (!first.ok || !first.body) return first;
    const body = new ReadableStream({
      async start(out) {
        try {
          await pass(first, out, left);
          while (!left.already && isOut()) await pass(await open(), out, left);
          if (!left.already) out.enqueue(END); // it was kept from Gradio for an event that had its answer already
          out.close();
        } catch (error) {
          if (!left.already) out.error(error);
        }
      },
    });
    return new Response(body, { status: first.status, headers: first.headers });
  }

  window.fetch = (input, init) => {
    const path = new URL(input.url || input, location.href).pathname;
    if (path.endsWith('/queue/join')) return join(input, init);
    if (path.endsWith('/cancel') && init?.body) waiting.delete(JSON.parse(init.body).event_id); // nothing completes it
    return path.endsWith('/queue/data') ? stream(input, init) : plain(input, init);
  };
})();
