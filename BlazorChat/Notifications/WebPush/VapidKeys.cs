using System.Buffers.Text;
using System.Security.Cryptography;
using BlazorChat.Data;
using Microsoft.AspNetCore.DataProtection;

namespace BlazorChat.Notifications.WebPush;

/// <summary>What is needed for push is not in order; the message says what the operator can do.</summary>
public sealed class PushKeyException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// The key pair by which push services know this server (RFC 8292). Browsers allow notifications for this one key, so it is made
/// once and kept in the data directory, protected by the keys that protect cookies too.
/// </summary>
public sealed class VapidKeys : IDisposable
{
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Lazy<(ECDsa Key, string Public)> _pair;

    /// <summary>Reads or makes the keys when they are first needed.</summary>
    public VapidKeys(DataDirectory directory, IDataProtectionProvider protection)
    {
        var folder = directory.Combine("push");
        var protector = protection.CreateProtector("BlazorChat.Notifications.VapidKeys");
        _pair = new(() => ReadOrMake(folder, protector));
    }

    /// <summary>What browsers are given, as base64url of the uncompressed point: 87 characters.</summary>
    /// <exception cref="PushKeyException">The stored key cannot be read.</exception>
    public string PublicKey => _pair.Value.Public;

    /// <summary>An ES256 signature (RFC 7518, section 3.4).</summary>
    internal byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            return _pair.Value.Key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pair.IsValueCreated)
        {
            _pair.Value.Key.Dispose();
        }
    }

    private static (ECDsa Key, string Public) ReadOrMake(string folder, IDataProtector protector)
    {
        var file = Path.Combine(folder, "vapid.key");
        try
        {
            var key = File.Exists(file) ? Read(file, protector) : MakeAlone(folder, file, protector);
            return (key, Base64Url.EncodeToString(PushEncryption.Point(key.ExportParameters(includePrivateParameters: false))));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new PushKeyException(
                $"The key for push notifications, {file}, cannot be read or written: {failed.Message} Check who owns the folder and whether the disk is full.", failed);
        }
    }

    /// <summary>A command and the server may start at once; whoever comes second reads what the first made.</summary>
    private static ECDsa MakeAlone(string folder, string file, IDataProtector protector)
    {
        Directory.CreateDirectory(folder);
        // Beside the folder, where backups do not look: a file that is locked cannot be read. The system unlocks it if this process dies.
        FileStream? held = null;
        Exception? failed = null;
        SpinWait.SpinUntil(() => TryHold(folder + ".lock", out held, out failed), LockLimit);
        using (held ?? throw new IOException("Another process has held it for long.", failed))
        {
            return File.Exists(file) ? Read(file, protector) : Make(file, protector);
        }
    }

    private static bool TryHold(string file, out FileStream? held, out Exception? failed)
    {
        (held, failed) = (null, null);
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            failed = exception;
        }

        return held is not null;
    }

    private static ECDsa Make(string file, IDataProtector protector)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var partial = file + ".partial";
        File.Delete(partial);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(partial, options))
        {
            stream.Write(protector.Protect(key.ExportPkcs8PrivateKey()));
            stream.Flush(flushToDisk: true);
        }

        // Whole or not there, whenever the machine stops.
        File.Move(partial, file);
        return key;
    }

    private static ECDsa Read(string file, IDataProtector protector)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(protector.Unprotect(File.ReadAllBytes(file)), out _);
            return key;
        }
        catch (CryptographicException failed)
        {
            key.Dispose();
            throw new PushKeyException(
                $"The key for push notifications, {file}, cannot be read with the keys of this server, in the folder keys beside it. "
                + "Put back the keys folder that belongs to it, as from the same backup. If that is lost, delete the file: a new key is made "
                + "at the next start, and everybody has to allow notifications again on each device.", failed);
        }
    }
}
