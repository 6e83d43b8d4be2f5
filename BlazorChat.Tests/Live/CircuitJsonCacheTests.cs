using System.Reflection;
using System.Text.Json;
using BlazorChat.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Live;

/// <summary>
/// Fails when a new runtime took away what <see cref="CircuitJsonCache"/> relies on. Nothing breaks then, but each circuit
/// weighs some 70 KiB more: look for the new name of the member, or raise the budget knowingly.
/// </summary>
public sealed class CircuitJsonCacheTests
{
    [Fact]
    public async Task Trim_RuntimeOfACircuit_ForgetsMetadata()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        await using var app = builder.Build();
        await using var scope = app.Services.CreateAsyncScope();
        var js = scope.ServiceProvider.GetRequiredService<IJSRuntime>();
        var options = OptionsOf(js);
        _ = JsonSerializer.Serialize(new Argument("a", 1), options);
        var before = options.GetTypeInfo(typeof(Dictionary<string, Argument[]>));
        Assert.Same(before, options.GetTypeInfo(typeof(Dictionary<string, Argument[]>)));

        CircuitJsonCache.Trim(js);

        Assert.NotSame(before, options.GetTypeInfo(typeof(Dictionary<string, Argument[]>)));
    }

    [Fact]
    public async Task Trim_ThenCalledAgain_StillSerializes()
    {
        var js = new RecordingRuntime();
        using var reference = DotNetObjectReference.Create(this);
        await js.InvokeVoidAsync("first", new Argument("a", 1), reference);

        CircuitJsonCache.Trim(js);
        await js.InvokeVoidAsync("second", new Argument("b", 2), reference);

        Assert.Equal(["""[{"name":"a","value":1},{"__dotNetObject":1}]""", """[{"name":"b","value":2},{"__dotNetObject":1}]"""], js.Arguments);
    }

    [Fact]
    public void Trim_AnotherKindOfRuntime_DoesNothing() => CircuitJsonCache.Trim(new ForeignRuntime());

    private static JsonSerializerOptions OptionsOf(IJSRuntime js) =>
        (JsonSerializerOptions)typeof(JSRuntime)
            .GetProperty("JsonSerializerOptions", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(js)!;

    private sealed record Argument(string Name, int Value);

    private sealed class RecordingRuntime : JSRuntime
    {
        public List<string?> Arguments { get; } = [];

        protected override void BeginInvokeJS(
            long taskId, string identifier, string? argsJson, JSCallResultType resultType, long targetInstanceId)
        {
            Arguments.Add(argsJson);
            var answer = new Utf8JsonReader("null"u8);
            typeof(JSRuntime).GetMethod("EndInvokeJS", BindingFlags.Instance | BindingFlags.NonPublic)!
                .CreateDelegate<EndInvoke>(this)(taskId, true, ref answer);
        }

        protected override void EndInvokeDotNet(
            Microsoft.JSInterop.Infrastructure.DotNetInvocationInfo invocationInfo,
            in Microsoft.JSInterop.Infrastructure.DotNetInvocationResult invocationResult)
        {
        }

        private delegate bool EndInvoke(long taskId, bool succeeded, ref Utf8JsonReader reader);
    }

    private sealed class ForeignRuntime : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw new NotSupportedException();

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) =>
            throw new NotSupportedException();
    }
}
