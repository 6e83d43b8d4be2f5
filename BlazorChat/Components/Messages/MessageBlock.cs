using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>A run of neighbouring messages that renders by itself: only the block that changed is compared and sent.</summary>
public sealed class MessageBlock
{
    /// <summary>Messages that the newest block takes before another begins: what a new message costs grows with it.</summary>
    public const int TailSize = 12;

    /// <summary>Messages of an older block: with up to three frames each it fits a buffer of 128.</summary>
    public const int Size = 42;

    /// <summary>Its messages, oldest first, and whether each continues the one before: same sender, shortly after.</summary>
    public List<(MessageView Message, bool Continues)> Rows { get; } = [];

    /// <summary>Its rendered component, once there is one.</summary>
    public MessageBlockView? View { get; set; }
}

/// <summary>
/// Renders a block: a wrapper and one shared string a message, instead of a component with its parameters and fields.
/// </summary>
public sealed class MessageBlockView : IComponent, IDisposable
{
    private RenderHandle _handle;
    private MessageBlock? _block;
    private long _firstUnreadSeq;

    /// <summary>The block.</summary>
    [Parameter]
    public MessageBlock Block { get; set; } = default!;

    /// <summary>The message above which the "New" divider stands; 0 for none.</summary>
    [Parameter]
    public long FirstUnreadSeq { get; set; }

    /// <inheritdoc/>
    public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

    /// <inheritdoc/>
    public Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        var dividerMoved = FirstUnreadSeq != _firstUnreadSeq && (Holds(FirstUnreadSeq) || Holds(_firstUnreadSeq));
        if (_block != Block || dividerMoved)
        {
            _block = Block;
            _firstUnreadSeq = FirstUnreadSeq;
            Block.View = this;
            _handle.Render(Build);
        }

        return Task.CompletedTask;
    }

    /// <summary>Renders what changed in the block; on the circuit's dispatcher.</summary>
    public void Refresh() => _handle.Render(Build);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Block.View == this)
        {
            Block.View = null;
        }
    }

    private bool Holds(long seq) => Block.Rows is [var first, .., var last]
        ? seq >= first.Message.Seq && seq <= last.Message.Seq
        : Block.Rows is [var only] && only.Message.Seq == seq;

    private void Build(RenderTreeBuilder builder)
    {
        foreach (var (message, continues) in Block.Rows)
        {
            if (message.Seq == FirstUnreadSeq)
            {
                builder.OpenElement(0, "div");
                builder.SetKey("new");
                builder.AddMarkupContent(1, """<div class="unread-divider" data-testid="unread-divider" role="separator"><span>New</span></div>""");
                builder.CloseElement();
            }

            var row = MessageMarkup.Of(message);
            builder.OpenElement(2, "div");
            builder.SetKey(row.Key);
            if (continues)
            {
                builder.AddAttribute(3, "class", "continues");
            }

            builder.AddMarkupContent(4, row.Html);
            builder.CloseElement();
        }
    }
}
