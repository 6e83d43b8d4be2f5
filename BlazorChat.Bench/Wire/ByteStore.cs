namespace BlazorChat.Bench.Wire;

/// <summary>Bytes of which the rest has not come yet. Empty most of the time, and then without memory of its own.</summary>
internal sealed class ByteStore
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + bytes.Length, 2 * _bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Keeps only the last bytes.</summary>
    public void Keep(int last)
    {
        _bytes.AsSpan(Length - last, last).CopyTo(_bytes);
        Length = last;
    }
}
