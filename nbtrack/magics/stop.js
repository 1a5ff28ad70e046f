((run, kernel) => {
  const stops = (window.nbtrackStops ??= {});
  const known = (stops[run] ??= make());
  known.attach();

  function make() {
    const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}");
    const base = config.baseUrl ?? document.body.dataset.baseUrl;
    const button = document.createElement("button");
    let can = false, pressed = false, focused = false, asked = 0;

    const ask = (path, method) => {
      const headers = {};
      const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
      if (xsrf) headers["X-XSRFToken"] = xsrf[1];
      if (config.token) headers.Authorization = `token ${config.token}`;
      return fetch(new URL(`${base}api/kernels/${kernel}${path}`, location.origin), { method, headers });
    };
    const say = (text, title) => {
      button.textContent = text;
      button.title = title;
    };
    const stop = async () => {
      if (asked) return;
      const mine = (asked = Date.now());
      button.style.opacity = ".6";
      say("stopping…", "The kernel was asked to interrupt this cell; it stops at its next line of Python.");
      const said = await ask("/interrupt", "POST").catch((error) => ({ ok: false, status: error.message }));
      if (said.ok) await new Promise((go) => setTimeout(go, 8000));
      if (asked !== mine) return;
      asked = 0;
      button.style.opacity = "1";
      if (said.ok) say("■ still running: stop again", "The cell is inside code that cannot be interrupted, or it catches the interrupt.");
      else say("■ not stopped: try again", `The server answered ${said.status}. The notebook's own stop button may do it.`);
    };

    button.type = "button";
    button.style.cssText =
      "font:inherit;font-size:12px;line-height:1.4;padding:0 10px;border-radius:3px;cursor:pointer;color:inherit;" +
      "background:transparent;border:1px solid var(--jp-border-color1,rgba(128,128,128,.6))";
    say("■ stop", "Interrupt this cell");
    button.addEventListener("pointerdown", () => (pressed = true));
    button.addEventListener("pointerup", () => pressed && stop());
    button.addEventListener("click", (event) => event.detail === 0 && stop());
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      stop();
    });
    button.addEventListener("focus", () => (focused = true));
    document.addEventListener("pointerup", () => (pressed = false));
    document.addEventListener("focusin", (event) => (focused = event.target === button));
    document.addEventListener("pointerdown", (event) => (focused = event.target === button));

    const attach = () => {
      const places = document.querySelectorAll(`[data-nbtrack-stop="${run}"]`);
      if (!can || !places.length) return;
      places[places.length - 1].replaceChildren(button);
      if (focused) button.focus({ preventScroll: true });
    };
    if (base)
      ask("", "GET")
        .then((said) => (said.ok ? said.json() : {}))
        .then((found) => (can = found.id === kernel) && attach())
        .catch(() => {});
    return { attach };
  }
})
