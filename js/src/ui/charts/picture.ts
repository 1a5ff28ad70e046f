/** All charts that are drawn as one PNG, arranged as on the page, with the names of the runs below. */

const PAD = 12;
const LINE = 20;
const TITLE = 22;

/** null where nothing is drawn. */
export async function chartsPicture(root: HTMLElement): Promise<Blob | null> {
  const figures = [...root.querySelectorAll<HTMLElement>(".nbt-figure")].filter((figure) => figure.querySelector("canvas"));
  if (figures.length === 0) return null;
  const boxes = figures.map((figure) => figure.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const width = Math.max(...boxes.map((box) => box.right)) - left;
  const height = Math.max(...boxes.map((box) => box.bottom)) - top;
  const legend = legendOf(root, width);
  const canvas = document.createElement("canvas");
  canvas.width = (width + 2 * PAD) * devicePixelRatio;
  canvas.height = (height + legend.height + 2 * PAD) * devicePixelRatio;
  const pen = canvas.getContext("2d")!;
  const style = getComputedStyle(root);
  pen.scale(devicePixelRatio, devicePixelRatio);
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, width + 2 * PAD, canvas.height);
  pen.translate(PAD, PAD);
  figures.forEach((figure, i) => drawFigure(pen, figure, boxes[i].left - left, boxes[i].top - top, style));
  pen.translate(0, height + 4);
  legend.draw(pen, style);
  return new Promise((done) => canvas.toBlob(done));
}

function drawFigure(pen: CanvasRenderingContext2D, figure: HTMLElement, x: number, y: number, style: CSSStyleDeclaration): void {
  const plot = figure.querySelector("canvas")!;
  const [outer, inner] = [figure.getBoundingClientRect(), plot.getBoundingClientRect()];
  pen.fillStyle = style.color;
  pen.font = `600 12.5px ${style.fontFamily}`;
  pen.fillText(figure.dataset["panel"] ?? "", x + 8, y + TITLE - 6, outer.width - 16);
  pen.drawImage(plot, x + inner.left - outer.left, y + inner.top - outer.top, inner.width, inner.height);
}

function legendOf(root: HTMLElement, width: number) {
  const chips = [...root.querySelectorAll<HTMLElement>(".nbt-runbar .nbt-run-chip")].filter((chip) => !chip.matches("[aria-pressed=false]") && !chip.querySelector("[aria-pressed=false]"));
  const columns = Math.max(1, Math.floor(width / 240));
  return {
    height: Math.ceil(chips.length / columns) * LINE + 4,
    draw(pen: CanvasRenderingContext2D, style: CSSStyleDeclaration): void {
      chips.forEach((chip, i) => {
        const x = (i % columns) * (width / columns);
        const y = Math.floor(i / columns) * LINE + 10;
        pen.strokeStyle = chip.querySelector("[stroke]")?.getAttribute("stroke") ?? style.color;
        pen.lineWidth = 2.5;
        pen.beginPath();
        pen.moveTo(x, y);
        pen.lineTo(x + 16, y);
        pen.stroke();
        pen.fillStyle = style.color;
        pen.font = `12px ${style.fontFamily}`;
        pen.fillText(chip.querySelector(".nbt-run-chip-name")?.textContent ?? "", x + 22, y + 4, width / columns - 30);
      });
    },
  };
}
