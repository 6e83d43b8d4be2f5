using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.JSInterop;

namespace BlazorChat.Live;

/// <summary>
/// Gives back the JSON metadata that a circuit gathers while it starts. Each circuit's <see cref="JSRuntime"/> owns its serializer
/// options, and these keep reflected metadata of every type that was ever an argument, though most are used once, when the
/// renderer attaches itself: measured, 70 KiB a circuit, half of a plain room page. What is used again is simply built again.
/// <para>The members are not public. When a coming runtime has them no more, this does nothing, and its test fails to say so.</para>
/// </summary>
public static class CircuitJsonCache
{
    private static volatile bool _gone;

    /// <summary>Drops the metadata. Call it when the page is up, not after every call: building it costs about a millisecond.</summary>
    public static void Trim(IJSRuntime js)
    {
        if (_gone || js is not JSRuntime runtime)
        {
            return;
        }

        try
        {
            ClearCaches(JsonSerializerOptions(runtime));
        }
        catch (MissingMemberException)
        {
            _gone = true;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_JsonSerializerOptions")]
    private static extern JsonSerializerOptions JsonSerializerOptions(JSRuntime runtime);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ClearCaches")]
    private static extern void ClearCaches(JsonSerializerOptions options);
}
