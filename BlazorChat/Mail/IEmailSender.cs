namespace BlazorChat.Mail;

/// <summary>Sends e-mail: an edge of the process.</summary>
public interface IEmailSender
{
    /// <summary>Whether there is a server to send by (<c>Smtp:Host</c>); without, nothing is offered that needs it.</summary>
    bool IsOn { get; }

    /// <summary>Hands a message to the server; completes once that has taken it.</summary>
    /// <exception cref="EmailFailedException">It did not.</exception>
    Task SendAsync(Email email, CancellationToken cancel);
}

/// <summary>An e-mail.</summary>
/// <param name="ToName">Whom it is for.</param>
/// <param name="ToAddress">Their address.</param>
/// <param name="Subject">On one line.</param>
/// <param name="Text">As plain text.</param>
/// <param name="Html">The same as HTML.</param>
/// <param name="Id">The part of the Message-ID before the <c>@</c>: the same e-mail sent again has the same, so that a mailbox shows it once.</param>
/// <param name="UnsubscribeUrl">Where a POST ends e-mails of this kind (RFC 8058); <see langword="null"/> for those that were asked for.</param>
public sealed record Email(
    string ToName, string ToAddress, string Subject, string Text, string Html, string Id, string? UnsubscribeUrl = null);

/// <summary>The mail server did not take an e-mail.</summary>
/// <param name="message">Why, without addresses.</param>
/// <param name="isFinal">Whether trying again is of no use, as for an address that does not exist.</param>
/// <param name="inner">What was thrown.</param>
public sealed class EmailFailedException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether trying again is of no use.</summary>
    public bool IsFinal { get; } = isFinal;
}
