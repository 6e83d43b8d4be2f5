using System.Data.Common;

namespace BlazorChat.Data;

/// <summary>For statements that are prepared once and run many times, where EF's tracking costs more than the work.</summary>
internal static class DbCommandExtensions
{
    /// <summary>Adds a parameter, whose value is set for each run.</summary>
    public static DbParameter Add(this DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
