using System.Collections.Frozen;

namespace BlazorChat.Bots;

/// <summary>The names that programs give to emoji (<c>:rocket:</c>): the few that monitors, builds and deployments use.</summary>
internal static class Shortcodes
{
    private static readonly FrozenDictionary<string, string> Symbols = new Dictionary<string, string>
    {
        ["+1"] = "👍", ["thumbsup"] = "👍", ["-1"] = "👎", ["thumbsdown"] = "👎", ["ok_hand"] = "👌", ["clap"] = "👏", ["wave"] = "👋",
        ["pray"] = "🙏", ["muscle"] = "💪", ["eyes"] = "👀", ["point_right"] = "👉", ["raised_hands"] = "🙌",
        ["smile"] = "😄", ["grinning"] = "😀", ["joy"] = "😂", ["wink"] = "😉", ["sunglasses"] = "😎", ["thinking_face"] = "🤔", ["thinking"] = "🤔",
        ["cry"] = "😢", ["sob"] = "😭", ["scream"] = "😱", ["heart"] = "❤️", ["broken_heart"] = "💔", ["tada"] = "🎉", ["confetti_ball"] = "🎊",
        ["rocket"] = "🚀", ["fire"] = "🔥", ["boom"] = "💥", ["sparkles"] = "✨", ["star"] = "⭐", ["zap"] = "⚡", ["bulb"] = "💡", ["100"] = "💯",
        ["white_check_mark"] = "✅", ["heavy_check_mark"] = "✔️", ["ballot_box_with_check"] = "☑️", ["x"] = "❌", ["negative_squared_cross_mark"] = "❎",
        ["heavy_multiplication_x"] = "✖️", ["warning"] = "⚠️", ["no_entry"] = "⛔", ["no_entry_sign"] = "🚫", ["octagonal_sign"] = "🛑",
        ["rotating_light"] = "🚨", ["exclamation"] = "❗", ["question"] = "❓", ["information_source"] = "ℹ️", ["bangbang"] = "‼️",
        ["red_circle"] = "🔴", ["large_blue_circle"] = "🔵", ["large_green_circle"] = "🟢", ["large_yellow_circle"] = "🟡", ["large_orange_circle"] = "🟠",
        ["white_circle"] = "⚪", ["black_circle"] = "⚫", ["green_heart"] = "💚", ["arrow_up"] = "⬆️", ["arrow_down"] = "⬇️", ["arrow_right"] = "➡️",
        ["robot_face"] = "🤖", ["robot"] = "🤖", ["ghost"] = "👻", ["alien"] = "👽", ["skull"] = "💀", ["bug"] = "🐛", ["octopus"] = "🐙", ["cat"] = "🐱",
        ["dog"] = "🐶", ["monkey_face"] = "🐵", ["unicorn_face"] = "🦄", ["unicorn"] = "🦄", ["whale"] = "🐳", ["penguin"] = "🐧", ["snake"] = "🐍",
        ["wrench"] = "🔧", ["hammer"] = "🔨", ["hammer_and_wrench"] = "🛠️", ["gear"] = "⚙️", ["lock"] = "🔒", ["unlock"] = "🔓", ["key"] = "🔑",
        ["bell"] = "🔔", ["no_bell"] = "🔕", ["mega"] = "📣", ["loudspeaker"] = "📢", ["speech_balloon"] = "💬", ["email"] = "📧", ["envelope"] = "✉️",
        ["inbox_tray"] = "📥", ["outbox_tray"] = "📤", ["package"] = "📦", ["memo"] = "📝", ["pencil"] = "📝", ["clipboard"] = "📋", ["calendar"] = "📅",
        ["date"] = "📅", ["chart_with_upwards_trend"] = "📈", ["chart_with_downwards_trend"] = "📉", ["bar_chart"] = "📊", ["link"] = "🔗", ["mag"] = "🔍",
        ["computer"] = "💻", ["desktop_computer"] = "🖥️", ["floppy_disk"] = "💾", ["satellite"] = "📡", ["hourglass"] = "⌛",
        ["hourglass_flowing_sand"] = "⏳", ["stopwatch"] = "⏱️", ["alarm_clock"] = "⏰", ["recycle"] = "♻️", ["construction"] = "🚧", ["truck"] = "🚚",
        ["ship"] = "🚢", ["ambulance"] = "🚑", ["checkered_flag"] = "🏁", ["trophy"] = "🏆", ["moneybag"] = "💰", ["coffee"] = "☕", ["beers"] = "🍻",
        ["pizza"] = "🍕", ["cake"] = "🍰", ["sunny"] = "☀️", ["cloud"] = "☁️", ["rain_cloud"] = "🌧️", ["snowflake"] = "❄️", ["rainbow"] = "🌈",
        ["earth_africa"] = "🌍", ["globe_with_meridians"] = "🌐", ["house"] = "🏠", ["sos"] = "🆘", ["new"] = "🆕", ["up"] = "🆙", ["shield"] = "🛡️",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The emoji of a name in colons; a text without colons stands for itself, an unknown name for nothing.</summary>
    public static string? Symbol(string? text) =>
        text is not [':', .., ':'] || text.Length < 3 ? text : Symbols.GetValueOrDefault(text[1..^1]);
}
