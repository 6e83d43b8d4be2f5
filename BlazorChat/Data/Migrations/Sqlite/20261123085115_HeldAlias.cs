using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class HeldAlias : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "AliasEmoji",
                table: "HeldMessages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AliasName",
                table: "HeldMessages",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "AliasEmoji",
                table: "HeldMessages");

            migrationBuilder.DropColumn(
                name: "AliasName",
                table: "HeldMessages");
        }
    }
}
