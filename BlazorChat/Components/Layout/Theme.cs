using MudBlazor;

namespace BlazorChat.Components.Layout;

/// <summary>MudBlazor in the colours of <c>css/app.css</c>, one palette each for light and dark.</summary>
internal static class Theme
{
    private static readonly string[] Fonts = ["Inter", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"];

    public static MudTheme Light { get; } = Make(":root", new PaletteLight
    {
        Primary = "#5247c9", Secondary = "#b0325f", Background = "#ffffff", Surface = "#ffffff", TextPrimary = "#1c1b29",
        TextSecondary = "#605f72", ActionDefault = "#605f72", Divider = "#dcdbe6", LinesDefault = "#dcdbe6", LinesInputs = "#8f8da3",
        TableLines = "#dcdbe6", Error = "#b3261e", Success = "#1a7f4b",
    });

    public static MudTheme Dark { get; } = Make(":root[data-theme=dark]", new PaletteDark
    {
        Primary = "#a49cf5", PrimaryContrastText = "#17161f", Secondary = "#f08bb0", Background = "#17161f", Surface = "#1f1e29", TextPrimary = "#ecebf4",
        TextSecondary = "#a5a3b8", ActionDefault = "#a5a3b8", Divider = "#34323f", LinesDefault = "#34323f", LinesInputs = "#6d6a80",
        TableLines = "#34323f", Error = "#ff8a80", Success = "#6fd09a",
    });

    private static MudTheme Make(string scope, Palette palette)
    {
        var theme = new MudTheme
        {
            PseudoCss = new PseudoCss { Scope = scope },
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px" },
        };
        theme.Typography.Default.FontFamily = Fonts;
        theme.Typography.Button.FontFamily = Fonts;
        theme.Typography.Button.TextTransform = "none";
        theme.Typography.Button.FontWeight = "600";
        theme.Typography.Body1.FontFamily = Fonts;
        theme.Typography.H6.FontFamily = Fonts;
        if (palette is PaletteDark dark)
        {
            theme.PaletteDark = dark;
        }
        else
        {
            theme.PaletteLight = (PaletteLight)palette;
        }

        return theme;
    }
}
