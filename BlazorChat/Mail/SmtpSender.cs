using System.Net.Security;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace BlazorChat.Mail;

/// <summary>
/// Hands e-mail to the mail server, over a few connections at the most. A connection is used again while others wait for one, and
/// closed as soon as nobody does.
/// </summary>
public sealed class SmtpSender(SmtpOptions options, TimeProvider time, MailHealth? health = null) : IEmailSender, IDisposable
{
    /// <summary>Connections at once: mail servers allow a client few.</summary>
    public const int MaxConnections = 4;

    private readonly SemaphoreSlim _free = new(MaxConnections);
    private readonly Stack<SmtpClient> _open = new();
    private int _waiting;

    /// <inheritdoc/>
    public bool IsOn => options.IsOn;

    /// <summary>How long the server may take for any one step.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Decides on the server's certificate in place of the system: for tests, which have no authority to issue one.</summary>
    internal RemoteCertificateValidationCallback? CertificateCheck { get; init; }

    /// <inheritdoc/>
    public async Task SendAsync(Email email, CancellationToken cancel)
    {
        if (!IsOn)
        {
            throw new EmailFailedException("There is no mail server (Smtp:Host).", isFinal: false);
        }

        var message = EmailMessage.Of(email, options, time.GetUtcNow());
        Interlocked.Increment(ref _waiting);
        try
        {
            await _free.WaitAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            await DeliverAsync(message, cancel);
            health?.Sent(time.GetUtcNow());
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            var failure = Failure(exception);
            health?.Failed(time.GetUtcNow(), failure.Message);
            throw failure;
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task DeliverAsync(MimeMessage message, CancellationToken cancel)
    {
        if (Take() is { } used)
        {
            try
            {
                await DeliverAsync(used, message, cancel);
                return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ProtocolException or ServiceNotConnectedException
                or SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted or SmtpErrorCode.UnexpectedStatusCode })
            {
                // The server had enough of this connection; a new one tells whether it is more than that.
            }
        }

        var client = new SmtpClient
        {
            Timeout = (int)Timeout.TotalMilliseconds,
            ServerCertificateValidationCallback = CertificateCheck,

            // Lists of revoked certificates are often out of a server's reach, and nothing could be sent then.
            CheckCertificateRevocation = false,
        };
        try
        {
            await client.ConnectAsync(options.Host!, options.EffectivePort, SocketOptions, cancel);
            if (options.User is { } user)
            {
                await client.AuthenticateAsync(user, options.Password!, cancel);
            }
        }
        catch
        {
            client.Dispose();
            throw;
        }

        await DeliverAsync(client, message, cancel);
    }

    /// <summary>Sends over a connection, and then keeps it for whoever waits or closes it.</summary>
    private async Task DeliverAsync(SmtpClient client, MimeMessage message, CancellationToken cancel)
    {
        try
        {
            await client.SendAsync(message, cancel);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        if (Volatile.Read(ref _waiting) > 0)
        {
            lock (_open)
            {
                _open.Push(client);
            }

            return;
        }

        // The e-mail was taken: whatever the goodbye comes to, it must not be sent again.
        using (client)
        {
            try
            {
                await client.DisconnectAsync(quit: true, cancel);
            }
            catch (Exception exception) when (exception is IOException or SocketException or ProtocolException or CommandException or OperationCanceledException or TimeoutException)
            {
            }
        }
    }

    private SmtpClient? Take()
    {
        lock (_open)
        {
            return _open.TryPop(out var client) ? client : null;
        }
    }

    private SecureSocketOptions SocketOptions => options.EffectiveSecurity switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        SmtpSecurity.Auto => SecureSocketOptions.Auto,
        _ => SecureSocketOptions.StartTls,
    };

    /// <summary>In words of our own: what the server said may repeat addresses.</summary>
    private static EmailFailedException Failure(Exception exception) => exception switch
    {
        EmailFailedException failed => failed,
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted } refused =>
            new($"The mail server refused it ({(int)refused.StatusCode}).", isFinal: (int)refused.StatusCode >= 500, refused),
        SmtpCommandException refused => new($"The mail server refused a command ({(int)refused.StatusCode}).", isFinal: false, refused),
        AuthenticationException => new("The mail server does not take this user and password.", isFinal: false, exception),
        SslHandshakeException => new("No secure connection to the mail server: its certificate is not valid, or it speaks no TLS on this port.", isFinal: false, exception),
        NotSupportedException => new("The mail server lacks what Smtp:Security asks for, or cannot take this address.", isFinal: false, exception),
        SocketException socket => new($"No connection to the mail server: {socket.SocketErrorCode}.", isFinal: false, socket),
        TimeoutException or OperationCanceledException => new("The mail server took too long.", isFinal: false, exception),
        _ => new($"The connection to the mail server failed ({exception.GetType().Name}).", isFinal: false, exception),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        while (Take() is { } client)
        {
            client.Dispose();
        }

        _free.Dispose();
    }
}
