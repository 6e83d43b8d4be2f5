using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Account;

/// <summary>One labelled input of an account form.</summary>
public sealed partial class AccountField : ComponentBase
{
    /// <summary>The field's name in the form's model.</summary>
    [Parameter, EditorRequired]
    public required string Field { get; set; }

    /// <summary>The model's name in the component that has the form.</summary>
    [Parameter]
    public string Model { get; set; } = "Input";

    /// <summary>What the person reads.</summary>
    [Parameter, EditorRequired]
    public required string Label { get; set; }

    /// <summary>The kind of input.</summary>
    [Parameter]
    public string Type { get; set; } = "text";

    /// <summary>What was typed before; never shown again for a password.</summary>
    [Parameter]
    public string? Value { get; set; }

    /// <summary>What the browser may fill in.</summary>
    [Parameter]
    public string Autocomplete { get; set; } = "off";

    /// <summary>The keyboard that a phone shows.</summary>
    [Parameter]
    public string? InputMode { get; set; }

    /// <summary>A word of help.</summary>
    [Parameter]
    public string? Hint { get; set; }

    /// <summary>What is wrong with it.</summary>
    [Parameter]
    public string? Error { get; set; }

    /// <summary>Longest input that the browser lets in.</summary>
    [Parameter]
    public int? MaxLength { get; set; }

    /// <summary>Whether the browser asks for it.</summary>
    [Parameter]
    public bool Required { get; set; } = true;

    /// <summary>Whether the page opens with the cursor here.</summary>
    [Parameter]
    public bool Autofocus { get; set; }

    /// <summary>Tells apart the same field of two forms on one page.</summary>
    [Parameter]
    public string Form { get; set; } = "input";

    private bool IsSecret => Type == "password";

    private string Id => $"{Form}-{Field}";

    private string HintId => $"{Id}-hint";

    private string ErrorId => $"{Id}-error";

    private string? DescribedBy =>
        string.Join(' ', new[] { Error is null ? null : ErrorId, Hint is null ? null : HintId }.OfType<string>()) is { Length: > 0 } ids
            ? ids
            : null;
}
