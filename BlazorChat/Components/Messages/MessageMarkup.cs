using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using BlazorChat.Components.Shared;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages;

/// <summary>
/// A message as HTML: made once, and shared by every circuit that shows it. It holds nothing that differs by viewer; what is
/// mine, what time it is here and what I may do is left to a style rule and to the list's script.
/// </summary>
internal static class MessageMarkup
{
    private static readonly ConditionalWeakTable<MessageView, MessageRow> Made = [];

    public static MessageRow Of(MessageView message) => Made.GetValue(message, static m => new MessageRow(m.Id, Make(m)));

    private static string Make(MessageView message)
    {
        var html = new StringBuilder(message.Html.Length + 900);
        var sender = message.Sender;
        var name = WebUtility.HtmlEncode(message.SenderName);
        var isDeleted = message.DeletedAt is not null;
        html.Append(CultureInfo.InvariantCulture, $"""
            <article class="message" data-testid="message" data-state="sent" data-id="{message.Id}" data-seq="{message.Seq}" data-sender="{sender.Id}" tabindex="-1"
            """);
        if (message.ClientMessageId is { } clientId)
        {
            html.Append(" data-client-id=\"").Append(WebUtility.HtmlEncode(clientId)).Append('"');
        }

        html.Append(message.IsRemoved ? " data-deleted data-removed>" : isDeleted ? " data-deleted>" : ">");
        html.Append(Markup.Avatar(message).Value);
        html.Append(CultureInfo.InvariantCulture, $"""
            <div class="message-main"><div class="message-head"><b class="author">{name}</b>{(sender.IsBot ? Markup.BotBadge : "")} <a class="permalink" href="/rooms/{message.RoomId}/{message.Id}"><time datetime="{message.SentAt:O}">{message.SentAt:HH:mm}</time></a></div>
            """);
        if (message.ReplyTo is { } quote && !isDeleted)
        {
            html.Append(quote.IsGone
                ? """<span class="quote">An older message, which is not kept any more.</span>"""
                : string.Create(CultureInfo.InvariantCulture, $"""
                    <a class="quote" data-quote="{quote.Id}" data-sender="{quote.SenderId}" href="/rooms/{message.RoomId}/{quote.Id}"><b>{WebUtility.HtmlEncode(quote.SenderName)}</b> <span dir="auto">{WebUtility.HtmlEncode(quote.Excerpt ?? Gone(quote.IsRemoved))}</span></a>
                    """));
        }

        html.Append(isDeleted ? $"""<div class="message-body deleted">{Gone(message.IsRemoved)}""" : """<div class="message-body" dir="auto">""");
        if (message.IsRemoved)
        {
            // Shown to its author only, by a style rule: see the list's script.
            html.Append(" <button type=\"button\" class=\"why\" data-why data-testid=\"message-why\">Why?</button>");
        }

        html.Append(message.Html).Append("</div>");
        if (message.EditedAt is { } edited && !isDeleted)
        {
            html.Append(CultureInfo.InvariantCulture, $"""<span class="edited" data-time="{edited:O}">(edited)</span>""");
        }

        return html.Append("</div></article>").ToString();
    }

    private static string Gone(bool isRemoved) => isRemoved ? "This message was removed by a moderator." : "This message was deleted.";
}

/// <summary>What all circuits share of a message that they show.</summary>
/// <param name="Key">The message's id, boxed once.</param>
/// <param name="Html">The row.</param>
internal sealed record MessageRow(object Key, string Html);
