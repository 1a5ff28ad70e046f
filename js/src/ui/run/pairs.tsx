/** Names and their values, as params and tags are. */

import { Long } from "../long";

export function Pairs({ pairs, none }: { pairs: [name: string, value: string][]; none: string }) {
  if (pairs.length === 0) return <p class="nbt-quiet">{none}</p>;
  return (
    <table class="nbt-pairs">
      <tbody>
        {pairs.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Long text={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
