import type { Piece } from './marks'

export function Marked({ pieces }: { pieces: Piece[] }) {
  if (pieces.length === 1 && !pieces[0]?.hit) return <>{pieces[0]?.text}</>
  return (
    <>
      {pieces.map((piece, index) =>
        piece.hit ? (
          // oxlint-disable-next-line react/no-array-index-key -- the pieces of one text have no other name
          <mark key={index} className="hit">
            {piece.text}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </>
  )
}
