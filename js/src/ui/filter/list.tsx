/** What can come next in the filter? */

export interface Offer {
  /** The part of the text that it stands in for. */
  start: number;
  end: number;
  insert: string;
  label: string;
  detail: string;
  /** A search by name, which stands for the whole text. */
  search?: boolean;
}

export function List({ list, at, take }: { list: readonly Offer[]; at: number; take: (offer: Offer) => void }) {
  return (
    <div class="nbt-offers" id="nbt-offers" role="listbox" aria-label="Completions" onMouseDown={(event) => event.preventDefault()}>
      {list.map((offer, i) => (
        <div
          key={offer.label}
          id={`nbt-offer-${i}`}
          role="option"
          aria-selected={i === at}
          class="nbt-offer"
          ref={i === at ? (element) => element?.scrollIntoView({ block: "nearest" }) : null}
          onPointerDown={(event) => {
            event.preventDefault(); // the focus stays in the box
            take(offer);
          }}
        >
          <span class={offer.search ? "nbt-ellipsis nbt-offer-search" : "nbt-ellipsis"}>{offer.label}</span>
          <span class="nbt-dim">
            {offer.detail}
            {offer.search && <kbd class="nbt-key">Enter</kbd>}
          </span>
        </div>
      ))}
    </div>
  );
}
