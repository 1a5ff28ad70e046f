/** What runs in the frame of plotly figures? It hears of cards from the page around it, and draws those that are seen. */

export const STYLE = `
html, body { margin: 0; background: var(--background); color: var(--color); font: 12.5px system-ui, sans-serif; }
body { display: flex; gap: 12px; overflow-x: auto; overflow-y: hidden; }
.card { flex: none; }
.card.alone { flex: 1; min-width: 0; }
.title { display: flex; gap: 6px; align-items: center; height: 24px; font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.title i { flex: none; width: 14px; height: 3px; border-radius: 2px; }
.plot { background: #fff; border: 1px solid var(--line); border-radius: 4px; box-sizing: border-box; overflow: hidden; }
.words { padding: 8px; opacity: 0.75; }
`;

/** `Plotly` is there already. Only the page around may speak, and only its data is drawn. */
function draw(): void {
  type Card = { key: string; title: string; color: string; figure: { data: any[]; layout: any } | null; words: string };
  type Told = { cards: Card[]; width: number; height: number; same: boolean; color: string; background: string; line: string };
  const Plotly = (window as any).Plotly;
  const made = new Map<string, { box: HTMLElement; plot: HTMLElement; card: Card; drawn: boolean }>();
  let told: Told | undefined;

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) void drawCard((target as HTMLElement).dataset.key!);
    },
    { rootMargin: "200px" },
  );

  async function drawCard(key: string): Promise<void> {
    const each = made.get(key);
    if (!each || each.drawn || !each.card.figure) return;
    each.drawn = true;
    const { data, layout } = each.card.figure;
    // A page has only so many WebGL contexts: points are drawn without.
    const traces = data.map((trace) => (trace.type === "scattergl" ? { ...trace, type: "scatter" } : trace));
    const { width, height, ...rest } = layout;
    try {
      const margin = rest.margin ?? { l: 52, r: 16, t: rest.title ? 44 : 16, b: 40 };
      await Plotly.newPlot(each.plot, traces, { ...rest, margin, autosize: true }, { responsive: true, displaylogo: false });
      share();
    } catch (error) {
      each.plot.textContent = `plotly could not draw this figure: ${(error as Error).message}`;
    }
  }

  /** The same range for the same axis of all figures, where they are of one kind. */
  function share(): void {
    const plots = [...made.values()].filter(({ drawn, plot }) => drawn && (plot as any)._fullLayout).map(({ plot }) => plot as any);
    const names = new Set(plots.flatMap((plot) => Object.keys(plot._fullLayout).filter((name) => /^[xy]axis\d*$/.test(name))));
    for (const name of names) {
      const axes = plots.map((plot) => plot._fullLayout[name]);
      const type = axes[0]?.type;
      const alike = axes.every((axis) => axis && axis.type === type && (type === "linear" || type === "log"));
      if (!told!.same || !alike) continue;
      for (const plot of plots) plot.own ??= {};
      plots.forEach((plot, i) => (plot.own[name] ??= [...axes[i].range]));
      const ends = plots.flatMap((plot) => plot.own[name]);
      const turned = plots[0].own[name][0] > plots[0].own[name][1];
      const range = [Math.min(...ends), Math.max(...ends)];
      if (turned) range.reverse();
      for (const plot of plots) void Plotly.relayout(plot, { [`${name}.range`]: range });
    }
    if (told!.same) return;
    for (const plot of plots) {
      for (const [name, range] of Object.entries(plot.own ?? {})) void Plotly.relayout(plot, { [`${name}.range`]: range });
      plot.own = undefined;
    }
  }

  function put(card: Card, alone: boolean): void {
    const box = document.createElement("div");
    box.className = alone ? "card alone" : "card";
    box.dataset.key = card.key;
    if (card.title) {
      const title = box.appendChild(document.createElement("div"));
      title.className = "title";
      title.appendChild(document.createElement("i")).style.background = card.color;
      title.append(card.title);
      title.title = card.title;
    }
    const plot = box.appendChild(document.createElement("div"));
    plot.className = "plot";
    document.body.append(box);
    made.set(card.key, { box, plot, card, drawn: false });
  }

  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    told = data as Told;
    const root = document.documentElement.style;
    for (const name of ["color", "background", "line"] as const) root.setProperty(`--${name}`, told[name]);
    const wanted = new Set(told.cards.map(({ key }) => key));
    for (const [key, { box }] of made) if (!wanted.has(key)) (box.remove(), made.delete(key));
    for (const card of told.cards) {
      if (!made.has(card.key)) put(card, told.width === 0);
      const each = made.get(card.key)!;
      each.card = card;
      document.body.append(each.box); // in the order told
      each.plot.style.height = `${told.height}px`;
      if (told.width) each.box.style.width = each.plot.style.width = `${told.width}px`;
      each.plot.classList.toggle("words", !card.figure);
      if (!card.figure) each.plot.textContent = card.words;
      else if (each.drawn) Plotly.Plots.resize(each.plot);
      else {
        each.plot.textContent = "";
        seen.unobserve(each.box);
        seen.observe(each.box);
      }
    }
    share();
  });
  parent.postMessage("ready", "*");
}

export const DRAWER = `(${draw.toString()})();`;
