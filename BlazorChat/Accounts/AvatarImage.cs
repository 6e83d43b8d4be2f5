using System.Globalization;
using SkiaSharp;

namespace BlazorChat.Accounts;

/// <summary>
/// Makes an avatar out of whatever was uploaded: decoded, cropped and encoded again, so that what is served holds
/// nothing but pixels.
/// </summary>
public static class AvatarImage
{
    /// <summary>Largest upload.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    /// <summary>Most pixels an upload may have; checked in its header, before anything is decoded.</summary>
    public const long MaxPixels = 40_000_000;

    /// <summary>Width and height of an avatar.</summary>
    public const int Size = 256;

    /// <summary>A square WebP image.</summary>
    /// <exception cref="RefusedException">Too large, or not an image that can be read.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> upload)
    {
        if (upload.Length > MaxBytes)
        {
            throw TooLarge();
        }

        using var data = SKData.CreateCopy(upload);
        using var codec = SKCodec.Create(data);
        if (codec is null
            || codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Webp)
            || codec.Info is not { Width: > 0, Height: > 0 })
        {
            throw Unreadable();
        }

        if ((long)codec.Info.Width * codec.Info.Height > MaxPixels)
        {
            throw RefusedException.Invalid("This image has too many pixels; 40 megapixels is the most.", InputField.Avatar);
        }

        // A photograph is decoded small where its format can: 40 megapixels would otherwise take 160 MB.
        var wanted = Math.Min(1f, 2f * Size / Math.Min(codec.Info.Width, codec.Info.Height));
        var size = codec.GetScaledDimensions(wanted);
        using var decoded = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(decoded.Info, decoded.GetPixels()) != SKCodecResult.Success)
        {
            throw Unreadable();
        }

        using var surface = SKSurface.Create(new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.Clear(SKColors.Transparent);
        Turn(surface.Canvas, codec.EncodedOrigin);
        var side = Math.Min(decoded.Width, decoded.Height);
        var crop = SKRect.Create((decoded.Width - side) / 2f, (decoded.Height - side) / 2f, side, side);
        using var image = SKImage.FromBitmap(decoded);
        surface.Canvas.DrawImage(
            image, crop, SKRect.Create(Size, Size), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var square = surface.Snapshot();
        using var encoded = square.Encode(SKEncodedImageFormat.Webp, 85);
        return encoded.ToArray();
    }

    internal static RefusedException TooLarge(int maxBytes = MaxBytes) =>
        RefusedException.Invalid($"This file is too large; {SizeText(maxBytes)} is the most.", InputField.Avatar);

    /// <summary>A size in words, rounded down: "5 MB", "512 KB".</summary>
    public static string SizeText(int bytes) => bytes >= 1024 * 1024
        ? $"{(Math.Floor(bytes / 1024.0 / 1024 * 10) / 10).ToString("0.#", CultureInfo.InvariantCulture)} MB"
        : $"{(bytes / 1024).ToString(CultureInfo.InvariantCulture)} KB";

    private static RefusedException Unreadable() =>
        RefusedException.Invalid("This file is not an image that can be read. Use JPEG, PNG, GIF or WebP.", InputField.Avatar);

    // Cameras store how they were held; the square stays a square however it is turned.
    private static void Turn(SKCanvas canvas, SKEncodedOrigin origin)
    {
        const float middle = Size / 2f;
        var (degrees, mirrored) = origin switch
        {
            SKEncodedOrigin.TopRight => (0, true),
            SKEncodedOrigin.BottomRight => (180, false),
            SKEncodedOrigin.BottomLeft => (180, true),
            SKEncodedOrigin.LeftTop => (270, true),
            SKEncodedOrigin.RightTop => (90, false),
            SKEncodedOrigin.RightBottom => (90, true),
            SKEncodedOrigin.LeftBottom => (270, false),
            _ => (0, false),
        };
        canvas.RotateDegrees(degrees, middle, middle);
        if (mirrored)
        {
            canvas.Scale(-1, 1, middle, middle);
        }
    }
}
