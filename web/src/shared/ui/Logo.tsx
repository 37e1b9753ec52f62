export function Logo({ size = 32 }: { size?: number }) {
  return (
    <span className="logo" style={{ width: size, height: size, fontSize: size * 0.56 }} aria-hidden="true">
      悦
    </span>
  )
}
